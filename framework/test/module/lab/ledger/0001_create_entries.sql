create table ledger.entries (
  id bigint generated always as identity primary key,
  text text not null
);
