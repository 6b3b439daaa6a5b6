import type { Incident, IncidentScene } from "../incident.ts";
import { SCHEMA } from "../planted-trigger.ts";

/** Enough rows for a search without its index to be felt. */
const PRODUCTS = 24_000;
/** Of each description: so many that what is searched in lies apart from its row, and reading all of it is dear. */
const WORDS = 70;
const INDEX = "catalog.products_search_idx";

/** A release comes whose migration has lost the index of the search. */
export const slowStatement: Incident = {
  name: "slow-statement",
  story: "After a deploy the search of the catalogue reads every product: its index is gone",
  seenBy: ["slow-statement"],
  module: "catalog",
  async prepare({ admin }) {
    await admin.query(
      `insert into catalog.products
         (sku, name, description, brand, categories, price_amount, currency, popularity, created_at, updated_at)
       select 'INC-' || n, 'Quarry sett no. ' || n, text.words, 'Quarry', '["Rubble"]', 100 + n % 900, 'USD', 0, now(), now()
       from generate_series(1, ${PRODUCTS}) n,
         (select string_agg('w' || md5(i::text), ' ') as words from generate_series(1, ${WORDS}) i) text
       on conflict do nothing`,
    );
    await admin.query(
      `insert into catalog.stock (sku, on_hand, reserved)
       select sku, 0, 0 from catalog.products where sku like 'INC-%' on conflict do nothing`,
    );
    await admin.query("analyze catalog.products");
  },
  async plant({ admin }) {
    await admin.query(
      `create schema if not exists ${SCHEMA};
       create table if not exists ${SCHEMA}.lost_indexes (name text primary key, definition text not null);
       insert into ${SCHEMA}.lost_indexes
         select '${INDEX}', pg_get_indexdef(to_regclass('${INDEX}')) where to_regclass('${INDEX}') is not null
         on conflict do nothing;
       drop index if exists ${INDEX}`,
    );
  },
  async clear(scene) {
    await restoreIndexes(scene);
    const { admin } = scene;
    // Those in a cart stay: somebody wants them.
    await admin.query(
      `delete from catalog.stock s where sku like 'INC-%' and reserved = 0
         and not exists (select from catalog.reservations r where r.sku = s.sku)`,
    );
    await admin.query(
      `delete from catalog.products p where sku like 'INC-%'
         and not exists (select from catalog.stock s where s.sku = p.sku)`,
    );
  },
};

async function restoreIndexes({ admin }: IncidentScene): Promise<void> {
  const { rows: there } = await admin.query(
    `select to_regclass('${SCHEMA}.lost_indexes') is not null as "is"`,
  );
  if (!there[0].is) return;
  const { rows } = await admin.query<{ name: string; definition: string }>(
    `select name, definition from ${SCHEMA}.lost_indexes`,
  );
  for (const { name, definition } of rows) {
    await admin.query(definition.replace(/^create (unique )?index/i, "create $1index if not exists"));
    await admin.query(`delete from ${SCHEMA}.lost_indexes where name = $1`, [name]);
  }
}
