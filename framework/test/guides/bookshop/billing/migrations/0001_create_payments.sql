create table billing.payments (
  id text primary key,
  order_id text not null,
  cents bigint not null,
  captured boolean not null default false
);
