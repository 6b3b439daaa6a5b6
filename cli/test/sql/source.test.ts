// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the cases are sources, in strings
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { found, judgeSource } from "./source-scene.ts";

const kysely = `import { sql } from "kysely";\n`;
const foreign = ["sql-foreign-schema catalog.products"];

const cases: Readonly<Record<string, readonly (readonly [string, readonly string[]])[]>> = {
  "the tag of a use case": [
    ["sql`select 1 from catalog.products`", foreign],
    ["sql<{ sku: string }>`select 1 from catalog.products`", foreign],
    ["context.sql`select 1 from catalog.products`", foreign],
    ["function f({ sql: run }: Context) { return run`select 1 from catalog.products`; }", foreign],
    ["function f(run: Sql) { return run`select 1 from catalog.products`; }", foreign],
    ["const run = context.sql; run`select 1 from catalog.products`", foreign],
    ["const again = sql; const more = again; more`select 1 from catalog.products`", foreign],
    [
      "sql`select 1 from ordering.orders where id = ${id} and sku in (select sku from catalog.products)`",
      foreign,
    ],
    ["sql`select 1 from ordering.orders`", []],
    ["sql`select 1 from catalog.product_listing`", []],
    ["sql`select 1 from catalog.price_list`", ["sql-foreign-schema catalog.price_list"]],
    ["sql`delete from catalog.product_listing`", ["sql-foreign-schema catalog.product_listing"]],
    ["sql`select catalog.price(1)`", ["sql-foreign-schema catalog.price"]],
    ["sql`select nextval('catalog.numbers')`", ["sql-foreign-schema nextval"]],
    ["sql`select 1 from public.things`", ["sql-foreign-schema public.things"]],
    ["sql`select extensions.similarity(a, b) from ordering.orders`", []],
    ["sql`select 1 from pg_catalog.pg_class, information_schema.tables, pg_stat_activity`", []],
    ["sql`select 1 from orders`", ["sql-unqualified orders"]],
    ["sql`with catalog as (select 1) select 1 from catalog`", []],
    ["sql`select catalog.id from ordering.orders as catalog`", []],
    ["sql`select 'catalog.products' from ordering.orders -- catalog.products`", []],
    ["sql`select 1 from ordering._jobs`", ["sql-framework-table ordering._jobs"]],
    ["sql`select 1 from ashlar.workers`", ["sql-framework-table ashlar.workers"]],
  ],
  "what is not sent": [
    ["// sql`select 1 from catalog.products`", []],
    ["const text = 'select 1 from catalog.products'", []],
    ["html`select 1 from catalog.products`", []],
    ["expect(message).equal('sql: select 1 from catalog.products')", []],
    ["contract.query('catalog.products')", []],
    ["document.query(selector)", []],
    ["Array.from('catalog.products'); list.using('catalog.products')", []],
  ],
  "what is no data statement": [
    ["sql`create table ordering.x ()`", ["sql-not-dml create"]],
    ["sql`  /* a */ truncate ordering.orders`", ["sql-not-dml truncate"]],
    ["sql`do $$ begin end $$`", ["sql-not-dml do"]],
    ["sql`call ordering.f()`", ["sql-not-dml call"]],
    ["sql`notify orders`", ["sql-not-dml notify"]],
    ["sql`copy ordering.orders to stdout`", ["sql-not-dml copy"]],
    ["sql`lock table ordering.orders`", ["sql-not-dml lock"]],
    ["sql`commit`", ["sql-not-dml commit"]],
    ["sql`grant select on ordering.orders to someone`", ["sql-not-dml grant"]],
    ["sql`table ordering.orders`", ["sql-not-dml table"]],
    ["sql`select 1 into ordering.x`", ["sql-not-dml select"]],
    ["sql`select 1; select 2`", ["sql-not-dml select"]],
    ["sql`(select 1) union (values (1))`", []],
    ["sql`merge into ordering.orders o using ordering.carts c on true when matched then delete`", []],
  ],
  "what changes the session": [
    ["sql`set role billing_app`", ["sql-role billing_app"]],
    ["sql`reset role`", ["sql-role reset"]],
    ["sql`select set_config('role', 'x', true)`", ["sql-role set_config"]],
    ["sql`update pg_catalog.pg_settings set setting = 'x'`", ["sql-role pg_catalog.pg_settings"]],
    ["sql`select query_to_xml('select 1', true, true, '')`", ["sql-reaches-out query_to_xml"]],
    ["sql`select 'set_config' from ordering.orders`", []],
  ],
  "what does not parse": [
    ["sql`selec 1`", ["sql-syntax selec"]],
    ["sql`select 1 from ordering.orders where`", ["sql-syntax `"]],
    ["sql`select 1 from ${table}`", ["sql-syntax table"]],
  ],
  "texts of drivers": [
    ["client.query('select 1 from catalog.products')", foreign],
    ["client.query(`select 1 from catalog.products where id = $1`, [id])", foreign],
    ["client.query({ text: 'select 1 from catalog.products', values: [] })", foreign],
    ["const TEXT = 'select 1 from catalog.products'; client.query(TEXT)", foreign],
    ["const TABLE = 'catalog.products'; client.query('select 1 from ' + TABLE)", foreign],
    [
      "const SCHEMA = 'catalog'; client.query(`select 1 from ${SCHEMA}.products`)",
      ["sql-foreign-schema catalog"],
    ],
    ["client.query(['select 1', 'from catalog.products'].join(' '))", foreign],
    ["client.query(`select 1 from catalog.${table}`)", ["sql-foreign-schema catalog.", "dynamic-sql table"]],
    ["client.query(`select 1 from ordering.orders ${where}`)", ["dynamic-sql where"]],
    ["client.query('select 1 from ordering.orders where ' + where)", ["dynamic-sql where"]],
    ["client.query(text)", ["dynamic-sql text"]],
    ["db.executeQuery(CompiledQuery.raw('select 1 from catalog.products'))", foreign],
  ],
  "Kysely's own tag": [
    [`${kysely}sql\`select 1 from catalog.products\`.execute(db)`, foreign],
    [`${kysely}sql\`(select max(x) from catalog.products)\``, foreign],
    [`${kysely}sql\`where sku in (select sku from catalog.products)\``, foreign],
    [`${kysely}sql\`coalesce(\${x}, catalog.sku)\``, []],
    [`${kysely}sql\`lower(name)\`; sql\`now() - interval '1 day'\`; sql\`name desc nulls last\``, []],
    [`${kysely}const only = sql\`from catalog.products\`; sql\`select 1 \${only}\``, foreign],
    [`${kysely}sql\`select 1 from \${sql.table("catalog.products")}\``, foreign],
    [`${kysely}sql\`select 1 from \${sql.id("catalog", "products")}\``, ["sql-foreign-schema catalog"]],
    [`${kysely}sql\`select 1 \${sql.raw("from catalog.products")}\``, foreign],
    [`${kysely}sql\`select 1 from \${sql.table(name)}\``, ["dynamic-sql name"]],
    [
      `${kysely}sql\`select 1 from ordering.orders \${condition ? sql\`where x in (select y from catalog.products)\` : sql\`\`}\``,
      foreign,
    ],
    [`import { sql as raw } from "kysely";\nraw\`select 1 from catalog.products\`.execute(db)`, foreign],
    [
      'import postgres from "postgres";\nconst sql = postgres(url);\nsql`select 1 ${sql`from catalog.products`}`',
      foreign,
    ],
    ["import sql from './db.ts';\nsql`where x = ${y}`", []],
    [
      `import { statement } from "ashlar/postgres";\nstatement\`select 1 from catalog.products \${more}\``,
      [...foreign],
    ],
  ],
  "Kysely's builder": [
    ['db.selectFrom("catalog.products as p").selectAll()', foreign],
    ['db.selectFrom("products")', []],
    ['db.selectFrom("catalog.product_listing")', []],
    ['db.selectFrom(["orders", "catalog.products as p"])', foreign],
    ['db.selectFrom("orders").innerJoin("catalog.products", "a", "b")', foreign],
    ['query = query.leftJoin("catalog.products as p", (join) => join)', foreign],
    ['db.insertInto("catalog.product_listing").values({})', ["sql-foreign-schema catalog.product_listing"]],
    ['db.updateTable("orders").from("catalog.products").set({})', foreign],
    ['db.deleteFrom("orders").using("catalog.products")', foreign],
    ['db.mergeInto("catalog.products").using("orders", "a", "b")', foreign],
    ['db.with("catalog.x", (qb) => qb.selectFrom("catalog.products"))', foreign],
    ['db.withSchema("catalog").selectFrom("products")', ["sql-foreign-schema catalog"]],
    ['db.withSchema(schema).selectFrom("products")', ["dynamic-sql schema"]],
    ['const TABLE = "catalog.products"; db.selectFrom(TABLE)', foreign],
    ["db.selectFrom(`catalog.${table}`)", ["sql-foreign-schema catalog."]],
    ["db.selectFrom(table)", ["dynamic-sql table"]],
    ['const page = db.selectFrom("orders"); db.selectFrom(page.as("page"))', []],
    ['db.selectFrom((eb) => eb.selectFrom("catalog.products").as("x"))', foreign],
    [`${kysely}db.selectFrom(sql\`catalog.products\`.as("p"))`, foreign],
    ['db.schema.createTable("x")', ["sql-not-dml createTable"]],
    ['db.selectFrom("_jobs")', ["sql-framework-table _jobs"]],
  ],
};

for (const [group, sources] of Object.entries(cases)) {
  describe(group, () => {
    for (const [source, expected] of sources) {
      test(source, () => assert.deepEqual(found(source), expected));
    }
  });
}

describe("what is said", () => {
  const say = (source: string) => judgeSource(source).map(({ message, remedy }) => `${message} ${remedy}`)[0];

  test("who owns what was read, and the ways that there are instead", () => {
    assert.equal(
      say("sql`select 1 from catalog.products`"),
      "ordering reads catalog.products, which belongs to module catalog. Call an operation of catalog's contract, " +
        "or read what it publishes (catalog.product_listing, catalog.price_list), put into `reads`.",
    );
    assert.match(
      say("sql`select 1 from billing.invoices`")!,
      /let billing publish a view and put it into `reads`\.$/,
    );
  });

  test("as much of a name as is known", () => {
    assert.match(say("client.query(`select 1 from catalog.${x}`)")!, /^ordering reads catalog\.…, which/);
    assert.match(say("db.selectFrom(`catalog.${x}`)")!, /^ordering reads catalog\.…, which/);
  });

  test("that a view is published and only not declared", () => {
    assert.match(say("sql`select 1 from catalog.price_list`")!, /put catalog\.priceList into `reads`/);
  });

  test("that a write is a command of the owner", () => {
    assert.match(
      say("sql`delete from billing.invoices`")!,
      /^ordering writes to billing\.invoices.* call a command/,
    );
  });

  test("what PostgreSQL would say of a text that is none", () => {
    assert.match(say("sql`selec 1`")!, /syntax error at or near "selec"/);
  });

  test("places below the first line of a template", () => {
    const [violation] = judgeSource("\nsql`\n  select 1\n  from catalog.products`");
    assert.deepEqual([violation?.line, violation?.column], [4, 8]);
  });
});
