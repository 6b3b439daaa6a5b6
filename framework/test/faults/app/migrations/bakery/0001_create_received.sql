-- Events in the order in which a subscriber took them in.
create table bakery.received (
  id bigint generated always as identity primary key,
  subscriber text not null,
  event_id bigint not null,
  key text not null,
  number integer not null,
  instance text not null
);
-- What the events of a key come to; `folded` depends on their order.
create table bakery.totals (
  key text primary key,
  folded bigint not null
);
