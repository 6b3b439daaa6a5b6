create table shelf.things (
  id uuid primary key,
  sku text not null,
  put_at timestamptz not null
);
