export const activity = `
-- What was done in each minute, over all instances, by name. Each adds what it has counted once a minute. Kind 'edge' is
-- a call from one module to another: module is who calls, name whom. The row of a kind with neither module nor name is
-- all of that kind together; name '...' is what was too many names. Kept for 7 days.
create table activity (
  kind text collate "C" not null check (kind in ('request', 'call', 'job', 'delivery', 'edge')),
  module text collate "C" not null,
  minute timestamptz not null,
  name text collate "C" not null,
  count integer not null,
  failed integer not null,
  total_ms double precision not null,
  -- How many took how long, by the buckets of DurationHistogram, from first_bucket on (counted from 0).
  first_bucket smallint not null,
  buckets integer[] not null,
  -- A module's hour is one range; what is of a kind, or too old, is found by the minute.
  primary key (kind, module, minute, name)
) with (fillfactor = 80);
create index activity_minute on activity (minute);
`;
