create table if not exists billing.invoices (
  id bigint generated always as identity primary key,
  customer_id bigint not null,
  cents bigint not null
);
