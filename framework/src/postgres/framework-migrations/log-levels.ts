export const logLevels = `
-- What modules log for a while instead of the usual. Every instance looks here every ten seconds; 'app' is the app.
create table log_levels (
  module text collate "C" primary key,
  level text collate "C" not null,
  until timestamptz not null,
  set_at timestamptz not null default clock_timestamp()
);
`;
