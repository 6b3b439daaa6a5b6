create table publishing.items (
  id bigint generated always as identity primary key,
  name text not null,
  quantity integer not null
);
