export const events = `
-- Published and not yet handed to the subscribers. Written in the publisher's transaction.
create sequence _event_ids cache 1;
create table _outbox (
  id bigint primary key default nextval('_event_ids'),
  event text collate "C" not null,
  version smallint not null,
  -- Events of one key are handed over in the order of their ids.
  key text collate "C",
  payload jsonb not null,
  trace_id uuid,
  published_at timestamptz not null default now()
) with (
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0,
  autovacuum_vacuum_insert_threshold = -1
);

-- One row. Whoever holds its lock is the relay of this outbox: with two at a time, events of one key could overtake
-- each other.
create table _relay (only_row boolean primary key default true check (only_row));
insert into _relay default values;

-- What was handed over, a partition for each day, for replay.
create table _events (
  id bigint not null,
  event text collate "C" not null,
  version smallint not null,
  key text collate "C",
  payload jsonb not null,
  trace_id uuid,
  published_at timestamptz not null,
  relayed_at timestamptz not null default now()
) partition by range (published_at);
create index _events_id on _events (id);
create table _events_other partition of _events default;

-- What this module's subscribers have taken in, written with the effect: the second delivery of an event finds its
-- row and does nothing. replay is 0, or the number of the replay that the delivery belongs to.
create table _inbox (
  subscriber text collate "C" not null,
  publisher text collate "C" not null,
  event_id bigint not null,
  replay integer not null default 0,
  received_at timestamptz not null default now(),
  primary key (subscriber, publisher, event_id, replay)
);
create index _inbox_received_at on _inbox (received_at);

-- What this module subscribes to, as its releases say at their start: for those who have no code at hand.
create table _subscriptions (
  name text collate "C" primary key,
  publisher text collate "C" not null,
  event text collate "C" not null,
  queue text collate "C" not null,
  priority smallint not null,
  max_attempts smallint not null,
  in_order boolean not null,
  limit_key text collate "C",
  seen_at timestamptz not null default now()
);

-- A replay and how far it has come; position is the id of the last event that was looked at.
create sequence _replay_ids as integer;
create table _replays (
  id integer primary key default nextval('_replay_ids'),
  subscriber text collate "C" not null,
  since timestamptz not null,
  until timestamptz not null,
  position bigint not null default 0,
  deliveries bigint not null default 0,
  started_at timestamptz not null default now(),
  finished_at timestamptz
);

-- Deliveries are jobs whose kind starts so. For the lag of one subscriber among any number of jobs.
create index _jobs_deliveries on _jobs (kind, id) where kind like 'on.%';
create index _dead_jobs_deliveries on _dead_jobs (kind, id) where kind like 'on.%';
`;
