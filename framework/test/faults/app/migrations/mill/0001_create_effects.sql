-- What a job did in the transaction of its attempt.
create table mill.effects (
  id bigint generated always as identity primary key,
  job bigint not null,
  attempt integer not null,
  instance text not null,
  at timestamptz not null default clock_timestamp()
);
-- What a job did that no transaction can take back.
create table mill.outside (like mill.effects including all);
create table mill.counters (
  key text primary key,
  number integer not null
);
