-- ashlar: no transaction
-- The foreign key to stock has none: taking a product off the shelf read every reservation.
create index concurrently reservations_sku on catalog.reservations (sku);
