export const firings = `
-- What firing checks see in the database, over all instances: one row while it fires, kept for 30 days after its end.
create table firings (
  id bigint generated always as identity primary key,
  check_id text collate "C" not null,
  subject text collate "C" not null,
  severity text collate "C" not null,
  title text not null,
  evidence jsonb not null,
  module text collate "C",
  actions jsonb not null,
  started_at timestamptz not null,
  seen_at timestamptz not null,
  ended_at timestamptz
) with (fillfactor = 50);
create unique index firings_open on firings (check_id, subject) where ended_at is null;
create index firings_started_at on firings (started_at);
create index firings_ended_at on firings (ended_at) where ended_at is not null;
`;
