create table office.ticks (
  schedule text not null,
  scheduled_for timestamptz not null,
  job bigint not null,
  instance text not null,
  at timestamptz not null default clock_timestamp()
);
