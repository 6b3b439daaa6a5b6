-- ashlar: no transaction
-- The foreign key to payments has none.
create index concurrently payment_notices_payment_id on billing.payment_notices (payment_id);
