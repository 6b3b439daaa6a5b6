-- One row for each account that ever had a cart. Changes of a cart lock it, because its rules (how many products,
-- one currency) are about all its items together.
create table ordering.carts (
  account_id uuid primary key,
  changed_at timestamptz not null
);

create table ordering.cart_items (
  account_id uuid not null references ordering.carts (account_id),
  sku text not null,
  quantity integer not null check (quantity between 1 and 999),
  -- The price when the item was put into the cart, in minor units (cents for USD), as every amount below.
  unit_amount bigint not null check (unit_amount >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  added_at timestamptz not null,
  primary key (account_id, sku)
);

create table ordering.orders (
  -- A UUID of version 7, so that the order of ids is the order of time.
  id uuid primary key,
  account_id uuid not null,
  state text not null check (state in ('placed', 'cancelled')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  total_amount bigint not null check (total_amount >= 0),
  -- Of billing; no foreign key, since a module does not reach into another's tables.
  invoice_id uuid not null,
  invoice_number text not null,
  placed_at timestamptz not null,
  cancelled_at timestamptz,
  check ((state = 'cancelled') = (cancelled_at is not null))
);

-- The orders of an account, newest first: listOrders pages through it by id.
create index orders_account_id_id on ordering.orders (account_id, id desc);

create table ordering.order_lines (
  order_id uuid not null references ordering.orders (id),
  position integer not null check (position > 0),
  sku text not null,
  name text not null,
  quantity integer not null check (quantity > 0),
  unit_amount bigint not null check (unit_amount >= 0),
  primary key (order_id, position)
);
