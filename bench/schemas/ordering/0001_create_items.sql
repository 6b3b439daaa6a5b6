create table ordering.items (
  id integer primary key,
  quantity integer not null,
  note text not null
) with (fillfactor = 50);

create table ordering.entries (
  id bigint primary key generated always as identity,
  item_id integer not null,
  quantity integer not null
);

insert into ordering.items select n, n, 'item ' || n from generate_series(1, 10000) n;
