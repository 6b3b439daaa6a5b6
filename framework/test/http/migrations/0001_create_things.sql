create table things (
  id text primary key,
  count integer not null,
  note text
);
