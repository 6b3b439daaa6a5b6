-- Categories are jsonb and not text[], because only from jsonb can a generated column make a tsvector: the functions
-- that turn an array into text are not immutable.
create table catalog.products (
  -- Compared by bytes: the same order on every server, and cheaper.
  sku text collate "C" primary key,
  name text not null,
  description text not null,
  brand text,
  categories jsonb not null check (jsonb_typeof(categories) = 'array'),
  price_amount bigint not null check (price_amount >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  popularity integer not null,
  search tsvector not null generated always as (
    setweight(to_tsvector('english'::regconfig, name), 'A')
      || setweight(to_tsvector('english'::regconfig, coalesce(brand, '')), 'B')
      || setweight(to_tsvector('english'::regconfig, categories), 'B')
      || setweight(to_tsvector('english'::regconfig, description), 'D')
  ) stored,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

-- Without the list of pending entries, which every search after an import would have to read through.
create index products_search_idx on catalog.products using gin (search) with (fastupdate = off);
create index products_categories_idx on catalog.products using gin (categories jsonb_path_ops)
  with (fastupdate = off);
create index products_brand_idx on catalog.products (brand);
create index products_price_idx on catalog.products (price_amount);
-- The order of a search without words, so that a page of it is read off the index.
create index products_popularity_idx on catalog.products (popularity desc, sku);
