export const partitions = `
-- Makes the partitions of today and the coming days, and drops those of days that ended more than so many days ago.
-- What it cannot lock at once it leaves for the next time, so that nobody has to wait behind it. The module's app
-- role may not make tables; this runs as the owner and can make nothing else.
create function _keep_partitions(parent text, retention_days integer) returns void
  language plpgsql security definer set search_path = {schema}, pg_catalog set lock_timeout = '500ms'
as $$
declare
  today date := (now() at time zone 'UTC')::date;
  partition text;
  day date;
begin
  if parent not in ('_finished_jobs', '_events') or retention_days < 1 then
    raise exception 'no partitions to keep for % and % days', parent, retention_days;
  end if;
  for day in select today + n from generate_series(0, 3) n loop
    partition := parent || to_char(day, '_YYYYMMDD');
    if to_regclass('{schema}.' || partition) is null then
      begin
        execute format('create table {schema}.%I partition of {schema}.%I for values from (%L) to (%L)',
          partition, parent, day || ' 00:00+00', (day + 1) || ' 00:00+00');
      exception when lock_not_available or check_violation or duplicate_table then null;
      end;
    end if;
  end loop;
  for partition in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = to_regclass('{schema}.' || parent) and c.relname ~ ('^' || parent || '_[0-9]{8}$')
      and to_date(right(c.relname, 8), 'YYYYMMDD') < today - retention_days
  loop
    begin
      execute format('drop table {schema}.%I', partition);
    exception when lock_not_available then null;
    end;
  end loop;
end $$;

select _keep_partitions('_finished_jobs', 36500), _keep_partitions('_events', 36500);
`;
