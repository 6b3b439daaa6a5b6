create view catalog.product_listing as
  select products.sku,
         products.name,
         products.price_amount,
         products.currency,
         stock.on_hand - stock.reserved as available
    from catalog.products
    join catalog.stock on stock.sku = products.sku;
