create role legacy login password 'legacy';
create table public.customers (id bigint generated always as identity primary key, email text not null);
create table public.invoices (
  id bigint generated always as identity primary key,
  customer_id bigint not null references public.customers (id),
  cents bigint not null
);
insert into public.customers (email) values ('ada@example.org');
insert into public.invoices (customer_id, cents) values (1, 700);
grant select, insert, update, delete on all tables in schema public to legacy;
