-- Append-only. Ids are UUIDs of version 7, so the primary key is also the order in time.
create table identity.audit_events (
  id uuid primary key,
  at timestamptz not null,
  actor text not null,
  action text not null,
  subject text not null
);
