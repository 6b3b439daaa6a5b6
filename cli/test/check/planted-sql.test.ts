// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is planted are sources, in strings
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { PlantedShop } from "./planted-shop.ts";

/** A trespass: it is to be found at or below the line at which the file got it. */
interface Planted {
  readonly file: string;
  /** Put behind the end of a file, or the whole of a new one. */
  readonly text: string;
  readonly rule: string;
  /** In the message. */
  readonly names: string;
}

const use = (statement: string) => `\nexport const planted = (context: any) => ${statement};\n`;

const planted: readonly Planted[] = [
  {
    file: "ordering/src/read-cart.ts",
    text: use("context.sql`select name from catalog.products where sku = ${context.sku}`"),
    rule: "sql-foreign-schema",
    names: "ordering reads catalog.products, which belongs to module catalog",
  },
  {
    file: "ordering/src/order-rows.ts",
    text: use(
      "context.sql`with mine as (select id from ordering.orders) update billing.invoices set number = '' where order_id in (select id from mine)`",
    ),
    rule: "sql-foreign-schema",
    names: "ordering writes to billing.invoices",
  },
  {
    file: "billing/src/get-invoice.ts",
    text: use("((run: Sql) => run`select available from catalog.product_listing`)(context.sql)"),
    rule: "sql-foreign-schema",
    names: "billing reads catalog.product_listing",
  },
  {
    file: "catalog/src/search-products.ts",
    text: use(
      'context.db.selectFrom("products").leftJoin("ordering.order_lines as line", "line.sku", "products.sku")',
    ),
    rule: "sql-foreign-schema",
    names: "catalog reads ordering.order_lines",
  },
  {
    file: "catalog/src/set-stock.ts",
    text: use('context.db.withSchema("ordering").selectFrom("orders")'),
    rule: "sql-foreign-schema",
    names: "catalog uses schema ordering",
  },
  {
    file: "identity/src/get-account.ts",
    text: `\nconst OTHERS = "billing";\nexport const planted = (client: any) => client.query(\`select 1 from \${OTHERS}.payments\`);\n`,
    rule: "sql-foreign-schema",
    names: "identity reads billing.payments",
  },
  {
    file: "identity/src/find-contact.ts",
    text: use("context.sql`select email from accounts`"),
    rule: "sql-unqualified",
    names: "identity names accounts",
  },
  {
    file: "billing/src/reconcile.ts",
    text: use("context.sql`truncate billing.reconciliations`"),
    rule: "sql-not-dml",
    names: "billing sends TRUNCATE",
  },
  {
    file: "billing/src/pay-invoice.ts",
    text: use("context.sql`select set_config('role', 'shop_catalog_app', true)`"),
    rule: "sql-role",
    names: "set_config",
  },
  {
    file: "ordering/src/expire-orders.ts",
    text: use("context.sql`delete from ordering._jobs where kind = 'expireOrders'`"),
    rule: "sql-framework-table",
    names: "ordering._jobs",
  },
  {
    file: "ordering/src/get-order.ts",
    text: use("context.sql`select frm ordering.orders x y`"),
    rule: "sql-syntax",
    names: "syntax error",
  },
  {
    file: "ordering/src/list-orders.ts",
    text: "\nexport const planted = (client: any, order: string) => client.query(`select id from ordering.orders order by ${order}`);\n",
    rule: "dynamic-sql",
    names: "order",
  },
  {
    file: "catalog/migrations/NEXT_link_orders.sql",
    text: "create table catalog.links (order_id uuid references ordering.orders);\n",
    rule: "migration-foreign-schema",
    names: "catalog touches ordering.orders",
  },
  {
    file: "catalog/migrations/NEXT_count_orders.sql",
    text: "create function catalog.count_orders() returns bigint\n  language plpgsql security definer set search_path = catalog, pg_catalog\n  as $$ begin return (select count(*) from ordering.orders); end $$;\n",
    rule: "migration-foreign-schema",
    names: "catalog touches ordering.orders",
  },
  {
    file: "catalog/migrations/NEXT_price.sql",
    text: "create function catalog.price(sku text) returns bigint\n  language sql as $$ select price_amount from catalog.products p where p.sku = price.sku $$;\n",
    rule: "migration-function",
    names: "catalog.price is not SECURITY DEFINER",
  },
  {
    file: "identity/migrations/NEXT_drop_prefix.sql",
    text: "alter table identity.api_keys drop column prefix;\n",
    rule: "migration-drop",
    names: "identity.api_keys.prefix",
  },
  {
    file: "identity/migrations/NEXT_index_email.sql",
    text: "create index accounts_email on identity.accounts (email);\n",
    rule: "migration-index",
    names: "index accounts_email",
  },
  {
    file: "identity/migrations/NEXT_add_number.sql",
    text: "alter table identity.accounts add column number bigint not null;\n",
    rule: "migration-not-null",
    names: "column number",
  },
  {
    file: "billing/migrations/NEXT_widen.sql",
    text: "alter table billing.invoice_lines alter column quantity type bigint;\n",
    rule: "migration-rewrite",
    names: "billing.invoice_lines.quantity from int4 to int8",
  },
  {
    file: "billing/migrations/NEXT_check.sql",
    text: "alter table billing.payments add constraint payments_amount check (amount < 1000000000);\n",
    rule: "migration-constraint",
    names: "billing.payments",
  },
  {
    file: "ordering/migrations/NEXT_fill.sql",
    text: "alter table ordering.orders add column channel text;\nupdate ordering.orders set channel = 'web' where paid_at is null;\n",
    rule: "migration-backfill",
    names: "ordering.orders",
  },
];

/** What looks like a trespass and is none. */
const lookAlikes: Readonly<Record<string, string>> = {
  "ordering/src/cart.ts": use(
    "context.sql`with catalog as (select 1 as id) select catalog.id, 'billing.invoices' from catalog join ordering.orders as billing on billing.account_id = $1 -- from identity.accounts`",
  ),
  "ordering/src/cancel-order.ts": use(
    "context.sql`select available from catalog.product_listing as identity`",
  ),
  "billing/src/journal.ts":
    "\n// sql`select 1 from catalog.products`\nexport const planted = `select 1 from catalog.products`;\n",
  "billing/test/planted.test.ts":
    "adminQuery`select 1 from catalog.products`; client.query('drop table ordering.orders');\n",
  "identity/migrations/NEXT_own_view.sql":
    "create view identity.catalog as select accounts.id, 'catalog.products' as billing from identity.accounts;\n",
  "identity/migrations/NEXT_index.sql":
    "-- ashlar: no transaction\ncreate index concurrently accounts_created_at on identity.accounts (created_at);\n",
};

const shop = new PlantedShop();
const lines = new Map<string, number>();

/** Plants it, and says in which file: a migration gets the next number that its module has not. */
function plant(file: string, text: string): string {
  const path = `shop/modules/${file}`;
  if (!file.includes("/src/")) {
    const folder = join(shop.root, dirname(path));
    const made = readdirSync(folder).filter((name) => name.endsWith(".sql")).length;
    const named = path.replace("NEXT", String(made + 1).padStart(4, "0"));
    shop.write(named, text);
    return named;
  }
  shop.edit(path, (before) => {
    lines.set(path, before.split("\n").length);
    return before + text;
  });
  return path;
}

describe("SQL planted in the shop", () => {
  test("there is nothing to find before", async () => {
    assert.deepEqual(await shop.check(), []);
  });

  test("everything planted is found at its place, and nothing else", async () => {
    const trespasses = planted.map(({ file, text, ...expected }) => ({
      path: plant(file, text),
      ...expected,
    }));
    for (const [file, text] of Object.entries(lookAlikes)) plant(file, text);
    const found = await shop.check();
    for (const { path, rule, names } of trespasses) {
      const there = found.filter((violation) => violation.file === path);
      assert.deepEqual(
        there.map((violation) => violation.rule),
        [rule],
        path,
      );
      assert.ok(there[0]!.message.includes(names), `${path}: ${there[0]!.message}`);
      assert.ok(
        there[0]!.line >= (lines.get(path) ?? 1),
        `${path}:${there[0]!.line} is before what was planted`,
      );
      assert.notEqual(there[0]!.remedy, "");
    }
    assert.equal(found.length, planted.length);
  });
});
