export const instances = `
-- The processes that ran the app, workers and others. One that was not seen for a while and has no stopped_at was
-- killed, or hangs. Kept for 90 days.
create table instances (
  id uuid primary key,
  release text,
  host text not null,
  pid integer not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  stopped_at timestamptz
) with (fillfactor = 50);
create index instances_started_at on instances (started_at);
`;
