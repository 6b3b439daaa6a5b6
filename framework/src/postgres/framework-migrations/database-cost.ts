export const databaseCost = `
-- What the statements of each module cost the database, minute by minute, from the differences between two readings
-- of pg_stat_statements. Module '' is everybody who is no module: the app's login, administrators, other programs.
-- Kept for 30 days.
create table database_cost (
  minute timestamptz not null,
  module text collate "C" not null,
  calls bigint not null,
  ms double precision not null,
  rows bigint not null,
  blocks_hit bigint not null,
  blocks_read bigint not null,
  blocks_dirtied bigint not null,
  wal_bytes bigint not null,
  temp_blocks bigint not null,
  primary key (minute, module)
);

-- The statements that took a module most time, hour by hour. Kept for 7 days.
create table statement_cost (
  hour timestamptz not null,
  module text collate "C" not null,
  query_id bigint not null,
  calls bigint not null,
  ms double precision not null,
  rows bigint not null,
  -- The slowest run that is known of. pg_stat_statements says it of all the time since it was reset; where that was
  -- longer ago than this hour and has not been exceeded since, this is the slowest mean of a minute.
  max_ms double precision not null,
  primary key (hour, module, query_id)
) with (fillfactor = 50);

-- Their texts, without constants.
create table statement_texts (
  query_id bigint primary key,
  text text not null,
  first_at timestamptz not null default now()
);

-- One row. Whoever holds its lock reads the statistics.
create table database_cost_sampling (
  only_row boolean primary key default true check (only_row),
  -- The last minute that is in database_cost.
  minute timestamptz,
  sampled_at timestamptz,
  cleaned_at timestamptz,
  -- As pg_stat_statements_info said last.
  stats_reset timestamptz,
  deallocations bigint not null default 0,
  -- When pg_stat_statements was last seen to have dropped statements to make room. What they cost since the reading
  -- before is not counted.
  dropped_at timestamptz
);
insert into database_cost_sampling default values;

-- The last reading, and what was added up since the hour began. Writes no WAL: after a crash the statistics begin anew
-- as well.
create unlogged table statement_snapshot (
  role oid not null,
  query_id bigint not null,
  module text collate "C" not null,
  since timestamptz,
  calls bigint not null,
  ms double precision not null,
  max_ms double precision not null,
  rows bigint not null,
  blocks_hit bigint not null,
  blocks_read bigint not null,
  blocks_dirtied bigint not null,
  wal_bytes bigint not null,
  temp_blocks bigint not null,
  hour timestamptz not null,
  hour_calls bigint not null,
  hour_ms double precision not null,
  hour_rows bigint not null,
  hour_max_ms double precision not null,
  primary key (role, query_id)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.5);

-- Whether pg_stat_statements can be read: ready, missing, not_loaded, outdated or not_allowed. Like the functions
-- below, it runs as the owner role, who may read all statistics, and shows what concerns this app alone.
create function statement_statistics_state()
  returns table (state text, stats_reset timestamptz, deallocations bigint)
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  place name := (select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'pg_stat_statements');
begin
  if place is null then
    return query select 'missing', null::timestamptz, 0::bigint;
  elsif current_setting('pg_stat_statements.max', true) is null then
    return query select 'not_loaded', null::timestamptz, 0::bigint;
  elsif not has_schema_privilege(place, 'USAGE') or not pg_has_role('pg_read_all_stats', 'USAGE') then
    return query select 'not_allowed', null::timestamptz, 0::bigint;
  elsif not exists (select from pg_attribute a join pg_class c on c.oid = a.attrelid
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = place and c.relname = 'pg_stat_statements' and a.attname = 'toplevel') then
    return query select 'outdated', null::timestamptz, 0::bigint;
  else
    return query execute format('select ''ready'', stats_reset, dealloc from %I.pg_stat_statements_info', place);
  end if;
end $$;

-- What each statement of this database has cost since it is counted, by role. The app's name is in its owner's; which
-- module a role belongs to is in the role's comment, since names alone could be read in two ways.
create function statement_statistics()
  returns table (module text, role oid, query_id bigint, since timestamptz, calls bigint, ms double precision,
    max_ms double precision, rows bigint, blocks_hit bigint, blocks_read bigint, blocks_dirtied bigint,
    wal_bytes bigint, temp_blocks bigint)
  language plpgsql security definer set search_path = pg_catalog, pg_temp rows 2000
as $$
declare
  place name := (select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'pg_stat_statements');
  has_since boolean := exists (select from pg_attribute a join pg_class c on c.oid = a.attrelid
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = place and c.relname = 'pg_stat_statements' and a.attname = 'stats_since');
begin
  return query execute format(
    -- Materialised, or the comment would be looked up for each statement instead of each role.
    'with m as materialized (
       select oid, substring(shobj_description(oid, ''pg_authid'') from $1) as module from pg_roles
     )
     select coalesce(m.module, ''''), s.userid, s.queryid, %s, s.calls, s.total_exec_time + s.total_plan_time,
       s.max_exec_time, s.rows, s.shared_blks_hit, s.shared_blks_read, s.shared_blks_dirtied,
       s.wal_bytes::bigint, s.temp_blks_read + s.temp_blks_written
     from %I.pg_stat_statements(false) s
     left join m on m.oid = s.userid
     where s.dbid = (select oid from pg_database where datname = current_database())
       and s.toplevel and s.queryid is not null',
    case when has_since then 's.stats_since' else 'null::timestamptz' end, place)
  using '^ashlar: module (.+) of app ' || left(current_user::text, -length('_ashlar_owner')) || '$';
end $$;

-- The texts of statements of the app's modules; of what is no data statement, and so may hold a password in plain,
-- the first word alone.
create function texts_of_statements(query_ids bigint[])
  returns table (query_id bigint, text text)
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  place name := (select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'pg_stat_statements');
begin
  return query execute format(
    'select distinct on (s.queryid) s.queryid,
       case when s.query ~* ''^\\s*(select|insert|update|delete|merge|with|values)\\M'' then left(s.query, 10000)
         else coalesce(lower(substring(s.query from ''^\\s*([A-Za-z]+)'')), '''') || '' ...'' end
     from %I.pg_stat_statements(true) s join pg_roles r on r.oid = s.userid
     where s.dbid = (select oid from pg_database where datname = current_database())
       and s.toplevel and s.queryid = any ($1) and shobj_description(r.oid, ''pg_authid'') ~ $2',
    place)
  using query_ids, '^ashlar: module (.+) of app ' || left(current_user::text, -length('_ashlar_owner')) || '$';
end $$;
`;
