export const jobs = `
create sequence _job_ids cache 1;

-- Unfinished jobs only. The state of a job is not a column, it follows from two:
--   worker is not null       running     claimed by that row of ashlar.workers
--   run_at is null           available
--   run_at = 'infinity'      waiting     for a limit, for its turn, or for other jobs
--   run_at otherwise         scheduled, or retryable when attempt > 0
--
-- A claim writes worker, attempt and claimed_at. No index mentions those, nor does a predicate, so that a claim is
-- a HOT update: it touches no index. Adding an index on one of them would halve the speed of the queue.
create table _jobs (
  id bigint primary key,
  -- Place in the queue within its priority; smaller runs first. At first the id; in a fair queue a virtual time.
  seq bigint not null,
  queue text collate "C" not null,
  priority smallint not null default 0,
  kind text collate "C" not null,
  payload jsonb not null,
  worker integer,
  attempt smallint not null default 0,
  claimed_at timestamptz,
  max_attempts smallint not null,
  -- How often a process died while this job was in flight in it.
  crashes smallint not null default 0,
  run_at timestamptz,
  timeout_ms integer,
  unique_key text collate "C",
  order_key text collate "C",
  limit_key text collate "C",
  rate_key text collate "C",
  tenant text collate "C",
  tags text[],
  -- Jobs that must end before this one may run; null when it waits for none.
  dependencies_left integer,
  dependencies_failed integer,
  has_dependents boolean not null default false,
  progress jsonb,
  -- The failures so far, oldest first: [{attempt, at, code, message}], the last ten.
  errors jsonb,
  -- Where it comes from: {"schedule": name, "scheduledFor": time}, {"event": ...}.
  origin jsonb,
  trace_id uuid,
  enqueued_at timestamptz not null default now()
) with (
  -- A claim makes a small row larger by a tenth; every row of a page must find room for its next version there.
  fillfactor = 45,
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0,
  autovacuum_vacuum_insert_threshold = -1
);

-- What a claim reads, from the left.
create index _jobs_ready on _jobs (queue, priority, seq) where run_at is null;
create index _jobs_due on _jobs (run_at) where run_at is not null and run_at < 'infinity';
create unique index _jobs_unique_key on _jobs (unique_key) where unique_key is not null;
create index _jobs_order_key on _jobs (order_key, seq) where order_key is not null;
create index _jobs_limit_key on _jobs (limit_key, priority, seq) where limit_key is not null and run_at = 'infinity';
create index _jobs_tenant on _jobs (queue, tenant, priority, seq) where tenant is not null;

-- The past, a partition for each day, so that forgetting a day is a DROP and leaves no bloat.
create table _finished_jobs (
  id bigint not null,
  state text not null check (state in ('completed', 'cancelled')),
  queue text collate "C" not null,
  priority smallint not null,
  kind text collate "C" not null,
  payload jsonb not null,
  worker integer,
  attempt smallint not null,
  crashes smallint not null,
  tenant text,
  tags text[],
  output jsonb,
  errors jsonb,
  origin jsonb,
  trace_id uuid,
  enqueued_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz not null default now()
) partition by range (finished_at);

create index _finished_jobs_id on _finished_jobs (id);
-- Takes what no day's partition is there for, so that a job can always finish.
create table _finished_jobs_other partition of _finished_jobs default;

-- Dead letters: jobs that used up their attempts, or gave up. They stay until somebody retries or discards them.
create table _dead_jobs (
  like _jobs including defaults,
  died_at timestamptz not null default now(),
  primary key (id)
);
create index _dead_jobs_died_at on _dead_jobs (died_at);

-- job waits for depends_on; when settles, also if that one is cancelled or dies.
create table _job_dependencies (
  depends_on bigint not null,
  job bigint not null,
  settles boolean not null,
  primary key (depends_on, job)
);
create index _job_dependencies_job on _job_dependencies (job);

-- One row per limit in use. Locking it serialises admission under the limit. arrival is the theoretical arrival time
-- of the generic cell rate algorithm (ITU-T I.371); null for limits of concurrency.
create table _job_gates (
  key text collate "C" primary key,
  maximum integer,
  arrival timestamptz,
  -- The time given to the last job that was told to come back because of a rate.
  waiting_until timestamptz,
  used_at timestamptz not null default now()
) with (fillfactor = 50);

-- Who is inside a limit of concurrency. Counted, never tallied: a tally would be off after a crash.
create table _job_permits (
  limit_key text collate "C" not null,
  job bigint not null,
  worker integer not null,
  primary key (limit_key, job)
);
create index _job_permits_worker on _job_permits (worker);

-- For jobs that are unique within a period, beyond the life of the job.
create table _job_periods (
  key text collate "C" primary key,
  job bigint not null,
  ends_at timestamptz not null
);
create index _job_periods_ends_at on _job_periods (ends_at);

-- Running jobs that somebody wants stopped. Their workers look here with every heartbeat.
create table _job_cancellations (
  job bigint primary key,
  worker integer not null,
  reason text,
  requested_at timestamptz not null default now()
);

create table _paused_queues (
  queue text collate "C" primary key,
  paused_at timestamptz not null default now(),
  paused_by text
);

create table _schedules (
  name text collate "C" primary key,
  -- The kind of job that it enqueues.
  kind text collate "C" not null,
  -- What the code says; when it changes, next_at is worked out anew.
  timing jsonb not null,
  next_at timestamptz not null,
  last_at timestamptz,
  -- Somebody wants it to run once at once, whatever its times and even when it is paused.
  run_requested_at timestamptz,
  paused_at timestamptz,
  paused_by text
);
create index _schedules_next_at on _schedules (next_at) where paused_at is null;
`;
