-- Apart from products, whose rows are wide and have six indexes: what changes with every order is narrow and has
-- one, so that with room left in the page an update touches no index at all.
create table catalog.stock (
  sku text collate "C" primary key references catalog.products,
  on_hand integer not null check (on_hand >= 0),
  reserved integer not null check (reserved >= 0),
  check (reserved <= on_hand)
) with (fillfactor = 70);

-- stock.reserved is the sum of these by sku. Both are written by the same statement, always.
create table catalog.reservations (
  order_id text not null,
  sku text collate "C" not null references catalog.stock,
  quantity integer not null check (quantity > 0),
  primary key (order_id, sku)
);
