export const workers = `
-- The processes that work on jobs. A row whose seen_at is older than the lease is a process that is gone or hangs;
-- its jobs are given to others and the row is deleted, so that the process, should it wake, finds itself expelled.
create table workers (
  id integer generated always as identity primary key,
  host text not null,
  pid integer not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  -- Whether it hears notifications, and so has to be sent them while it has nothing to do.
  is_sleeping boolean not null default true,
  -- What it need not be notified of: it has more of that than it can do, and will look again by itself.
  busy text[] not null default '{}',
  -- Whether a session of it holds the advisory lock on its id: when that can be taken, the process is gone.
  holds_lock boolean not null default false
) with (fillfactor = 50);
`;

export const observedEdges = `
-- Which operation, job or subscriber called what, took in which event and read which view, over all instances. Each
-- adds what it has counted once a minute. What was not seen for 30 days is forgotten.
create table observed_edges (
  kind text collate "C" not null check (kind in ('call', 'delivery', 'read')),
  from_id text collate "C" not null,
  to_id text collate "C" not null,
  calls bigint not null,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  primary key (kind, from_id, to_id)
) with (fillfactor = 50);
`;

export const traces = `
-- Traces that were kept: those that failed, the slowest of each name and minute, a few of the rest. One row is what
-- one process did for one request, call from outside, attempt or delivery; a trace that goes on elsewhere has several.
create table traces (
  id bigint generated always as identity primary key,
  trace_id text collate "C" not null,
  span_id text collate "C" not null,
  -- The span of the caller in another service.
  remote_parent text collate "C",
  kind text collate "C" not null,
  -- '' for a request that no module serves.
  module text collate "C" not null,
  name text collate "C" not null,
  reason text collate "C" not null check (reason in ('failed', 'slow', 'random')),
  started_at timestamptz not null,
  duration_ms real not null,
  failed boolean not null,
  error text collate "C",
  span_count integer not null,
  statement_count integer not null,
  is_partial boolean not null,
  -- [id, parent, kind, module, name, offset in ms, duration in ms, error, failed] for each, in order of start.
  spans jsonb not null
);
create index traces_trace_id on traces (trace_id);
create index traces_started_at on traces (started_at);
create index traces_module on traces (module, started_at);
create index traces_name on traces (name, started_at);
create index traces_failed on traces (started_at) where failed;
create index traces_duration on traces (duration_ms);
create index traces_name_duration on traces (name, duration_ms);
`;
