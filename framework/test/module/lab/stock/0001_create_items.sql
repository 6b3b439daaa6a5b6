create table stock.items (
  sku text primary key,
  quantity integer not null check (quantity >= 0)
);
insert into stock.items (sku, quantity) values ('bolt', 10), ('nut', 0);

create view stock.listing as select sku, quantity from stock.items where quantity > 0;
