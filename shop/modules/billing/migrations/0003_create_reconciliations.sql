-- The days that were compared, and what did not agree. Comparing a day again replaces what was found before.
create table billing.reconciliations (
  day date primary key,
  compared_at timestamptz not null,
  -- How many the provider had on that day.
  transactions integer not null check (transactions >= 0)
);

create table billing.reconciliation_differences (
  day date not null references billing.reconciliations (day),
  position integer not null check (position > 0),
  kind text not null,
  -- A payment's id, or what the provider calls what we do not know.
  reference text not null,
  order_id uuid,
  expected text not null,
  found text not null,
  primary key (day, position)
);
