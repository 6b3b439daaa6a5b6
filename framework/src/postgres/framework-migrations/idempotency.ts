export const idempotency = `
-- One row per Idempotency-Key that a command was sent with, written in the command's own transaction.
-- status, body and headers are those of the first answer; null while that transaction runs.
create table _idempotency (
  actor text not null,
  operation text not null,
  key text not null,
  fingerprint bytea not null,
  status smallint,
  body text,
  headers jsonb,
  created_at timestamptz not null default now(),
  primary key (actor, operation, key)
);

-- For removing expired keys.
create index _idempotency_created_at on _idempotency (created_at);
`;
