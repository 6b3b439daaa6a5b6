import { type Statement, statement } from "../postgres/index.ts";

/** Per module and hour. What is below is in the module's sum alone. */
const TOP_STATEMENTS = 50;

/**
 * Takes the right to read for the minute, and says what is known of the last reading. No row: another instance has it
 * or has done it.
 */
export function claim(at: Date | null): Statement {
  return statement`
    select date_trunc('minute', m.at) as minute, date_trunc('hour', m.at, 'UTC') as hour,
      s.state, s.stats_reset as "statsReset", s.deallocations,
      not exists (select from ashlar.statement_snapshot) as "isFirst",
      l.sampled_at as "lastSampledAt",
      l.stats_reset is distinct from s.stats_reset as "wasReset",
      s.deallocations > case when l.stats_reset is distinct from s.stats_reset then 0 else l.deallocations end
        and l.sampled_at is not null as "hasDropped",
      l.cleaned_at is null or l.cleaned_at < m.at - interval '1 hour' as "isCleaningDue"
    from ashlar.database_cost_sampling l
    cross join (select coalesce(${at}::timestamptz, now()) - interval '30 seconds' as at) m
    cross join ashlar.statement_statistics_state() s
    where l.minute is null or l.minute < date_trunc('minute', m.at)
    for update of l skip locked`;
}

/**
 * Compares with the reading before, adds up by module and keeps the reading. A statement that was reset, or dropped and
 * seen again, counts in full; so does one that is new, but for the first reading of all, where "new" says nothing
 * unless PostgreSQL (from 17 on) tells since when it counts.
 */
export function readingOf(claimed: {
  readonly minute: Date;
  readonly hour: Date;
  readonly isFirst: boolean;
  readonly lastSampledAt: Date | null;
  readonly wasReset: boolean;
}): Statement {
  const { minute, hour, isFirst, lastSampledAt, wasReset } = claimed;
  return statement`
    with reading as materialized (
      select * from ashlar.statement_statistics()
    ), grown as materialized (
      select r.*, not ${isFirst}::boolean or coalesce(r.since > ${lastSampledAt}::timestamptz, false) as is_counted,
        r.calls - coalesce(s.calls, 0) as new_calls, r.ms - coalesce(s.ms, 0) as new_ms,
        r.rows - coalesce(s.rows, 0) as new_rows, r.blocks_hit - coalesce(s.blocks_hit, 0) as new_hit,
        r.blocks_read - coalesce(s.blocks_read, 0) as new_read,
        r.blocks_dirtied - coalesce(s.blocks_dirtied, 0) as new_dirtied,
        r.wal_bytes - coalesce(s.wal_bytes, 0) as new_wal, r.temp_blocks - coalesce(s.temp_blocks, 0) as new_temp,
        coalesce(s.max_ms, 0) as last_max_ms
      from reading r
      left join ashlar.statement_snapshot s on s.role = r.role and s.query_id = r.query_id
        and s.since is not distinct from r.since and s.calls <= r.calls
        and (r.since is not null or not ${wasReset}::boolean)
      where r.calls <> coalesce(s.calls, 0)
    ), added as (
      insert into ashlar.database_cost as c (minute, module, calls, ms, rows, blocks_hit, blocks_read, blocks_dirtied,
        wal_bytes, temp_blocks)
      select ${minute}::timestamptz, module, sum(new_calls), sum(new_ms), sum(new_rows), sum(new_hit), sum(new_read),
        sum(new_dirtied), sum(new_wal), sum(new_temp)
      from grown where is_counted group by module
    ), kept as (
      insert into ashlar.statement_snapshot as s (role, query_id, module, since, calls, ms, max_ms, rows, blocks_hit,
        blocks_read, blocks_dirtied, wal_bytes, temp_blocks, hour, hour_calls, hour_ms, hour_rows, hour_max_ms)
      select role, query_id, module, since, calls, ms, max_ms, rows, blocks_hit, blocks_read, blocks_dirtied, wal_bytes,
        temp_blocks, ${hour}::timestamptz, case when is_counted then new_calls else 0 end,
        case when is_counted then new_ms else 0 end, case when is_counted then new_rows else 0 end,
        case when not is_counted then 0 when max_ms > last_max_ms then max_ms else new_ms / new_calls end
      from grown
      on conflict (role, query_id) do update set module = excluded.module, since = excluded.since,
        calls = excluded.calls, ms = excluded.ms, max_ms = excluded.max_ms, rows = excluded.rows,
        blocks_hit = excluded.blocks_hit, blocks_read = excluded.blocks_read,
        blocks_dirtied = excluded.blocks_dirtied, wal_bytes = excluded.wal_bytes, temp_blocks = excluded.temp_blocks,
        hour = excluded.hour,
        hour_calls = excluded.hour_calls + case when s.hour = excluded.hour then s.hour_calls else 0 end,
        hour_ms = excluded.hour_ms + case when s.hour = excluded.hour then s.hour_ms else 0 end,
        hour_rows = excluded.hour_rows + case when s.hour = excluded.hour then s.hour_rows else 0 end,
        hour_max_ms = greatest(excluded.hour_max_ms, case when s.hour = excluded.hour then s.hour_max_ms else 0 end)
    ), gone as (
      -- What the server no longer knows begins at nothing when it comes back. Its hour still counts.
      update ashlar.statement_snapshot s
      set calls = 0, ms = 0, max_ms = 0, rows = 0, blocks_hit = 0, blocks_read = 0, blocks_dirtied = 0, wal_bytes = 0,
        temp_blocks = 0
      where s.calls > 0 and s.hour = ${hour}::timestamptz
        and not exists (select from reading r where r.role = s.role and r.query_id = s.query_id)
    ), swept as (
      delete from ashlar.statement_snapshot s
      where s.hour < ${hour}::timestamptz
        and not exists (select from reading r where r.role = s.role and r.query_id = s.query_id)
    )
    select count(*) filter (where is_counted) as statements from grown`;
}

/** Brings the hour's list up to date: the statements that took each module most time so far. */
export function topOfHour(hour: Date): Statement {
  return statement`
    with top as materialized (
      select * from (
        select module, query_id, sum(hour_calls) as calls, sum(hour_ms) as ms, sum(hour_rows) as rows,
          max(hour_max_ms) as max_ms, row_number() over (partition by module order by sum(hour_ms) desc, query_id) as place
        from ashlar.statement_snapshot where hour = ${hour}::timestamptz and module <> '' and hour_calls > 0
        group by module, query_id
      ) ranked where place <= ${TOP_STATEMENTS}::integer
    ), passed as (
      delete from ashlar.statement_cost c where c.hour = ${hour}::timestamptz
        and not exists (select from top t where t.module = c.module and t.query_id = c.query_id)
    )
    insert into ashlar.statement_cost as c (hour, module, query_id, calls, ms, rows, max_ms)
    select ${hour}::timestamptz, module, query_id, calls, ms, rows, max_ms from top
    on conflict (hour, module, query_id) do update
      set calls = excluded.calls, ms = excluded.ms, rows = excluded.rows, max_ms = excluded.max_ms
      -- After a crash of the server the hour's sums begin anew; the larger ones stay.
      where excluded.calls > c.calls`;
}

/** Ids travel as text: they need all 64 bits. */
export function missingTexts(hour: Date): Statement {
  return statement`
    select distinct c.query_id::text as "queryId" from ashlar.statement_cost c
    where c.hour = ${hour}::timestamptz
      and not exists (select from ashlar.statement_texts t where t.query_id = c.query_id)
      and exists (select from ashlar.statement_snapshot s
        where s.query_id = c.query_id and s.module = c.module and s.calls > 0)`;
}

export function texts(queryIds: readonly string[]): Statement {
  return statement`
    select query_id::text as "queryId", text from ashlar.texts_of_statements(${queryIds}::bigint[])`;
}

export function newTexts(found: readonly { readonly queryId: string; readonly text: string }[]): Statement {
  return statement`
    insert into ashlar.statement_texts (query_id, text)
    select * from unnest(${found.map(({ queryId }) => queryId)}::bigint[], ${found.map(({ text }) => text)}::text[])
    on conflict do nothing`;
}

/** 30 days of minutes, 7 days of statements. */
export function forgetting(at: Date): Statement {
  return statement`
    with minutes as (
      delete from ashlar.database_cost where minute < ${at}::timestamptz - interval '30 days'
    ), hours as (
      delete from ashlar.statement_cost where hour < ${at}::timestamptz - interval '7 days'
    )
    delete from ashlar.statement_texts t
    where not exists (select from ashlar.statement_cost c
      where c.query_id = t.query_id and c.hour >= ${at}::timestamptz - interval '7 days')`;
}

export function marking(
  claimed: { readonly minute: Date; readonly hasDropped: boolean; readonly isCleaningDue: boolean },
  at: Date | null,
): Statement {
  return statement`
    update ashlar.database_cost_sampling l set minute = ${claimed.minute}::timestamptz,
      sampled_at = coalesce(${at}::timestamptz, now()),
      cleaned_at = case when ${claimed.isCleaningDue}::boolean then ${claimed.minute}::timestamptz else l.cleaned_at end,
      dropped_at = case when ${claimed.hasDropped}::boolean then ${claimed.minute}::timestamptz else l.dropped_at end,
      stats_reset = s.stats_reset, deallocations = s.deallocations
    from ashlar.statement_statistics_state() s`;
}
