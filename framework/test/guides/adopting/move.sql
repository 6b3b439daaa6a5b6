begin;
set local lock_timeout = '2s';
alter table public.invoices drop constraint invoices_customer_id_fkey;
alter table public.invoices set schema billing;
alter table billing.invoices owner to app_billing_owner;
revoke all on billing.invoices from legacy;
grant select, insert, update, delete on billing.invoices to app_billing_app;
grant select on billing.invoices to app_billing_reader;
commit;
