create table ordering.orders (
  id text primary key,
  email text not null,
  state text not null default 'placed',
  placed_at timestamptz not null default now()
);
