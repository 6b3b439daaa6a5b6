/** Both tables say the same, of periods of different length. */
const columns = (period: string) => `
  kind text collate "C" not null check (kind in ('request', 'call', 'job', 'delivery', 'edge')),
  module text collate "C" not null,
  ${period} timestamptz not null,
  name text collate "C" not null,
  count integer not null,
  failed integer not null,
  total_ms double precision not null,
  -- How many took how long, by the buckets of DurationHistogram, from first_bucket on (counted from 0).
  first_bucket smallint not null,
  buckets integer[] not null,
  -- A module's hour is one range; what is of a kind, or too old, is found by the ${period}.
  primary key (kind, module, ${period}, name)`;

export const activity = `
-- What was done in each minute, over all instances, by name. Each adds what it has counted once a minute. Kind 'edge' is
-- a call from one module to another: module is who calls, name whom. The row of a module without a name is all of the
-- module together, that of a kind with neither is all of the kind; name '...' is what was too many names. Kept for a
-- week and an hour.
create table activity (${columns("minute")}
) with (fillfactor = 80);
create index activity_minute on activity (minute);

-- The same by the hour, in UTC: added to with each minute, so it is never behind. Kept for 30 days.
create table activity_hours (${columns("hour")}
) with (fillfactor = 50);
create index activity_hours_hour on activity_hours (hour);
`;
