import assert from "node:assert/strict";
import { describe, it } from "node:test";
import pg from "pg";
import { type DatabaseModel, findViolations, prepareDatabase } from "../../src/postgres/index.ts";
import { admins, type Scratch, scratchDatabase } from "./scratch.ts";

const catalogFiles = {
  "0001_create_products.sql": `create table products (sku text primary key, price int);
    create sequence numbers;
    create type size as enum ('s', 'l');
    create function touch() returns trigger language plpgsql security definer set search_path = catalog, pg_catalog
      as $$ begin return new; end $$;
    create trigger touch before update on products for each row execute function touch();
    create view prices as select sku, price from products;`,
};

describe("a migration that would open or go round a wall is rolled back", () => {
  const definer = "security definer set search_path = ordering, pg_catalog";
  const cases: Record<string, [sql: string, fault: RegExp]> = {
    "a table granted to PUBLIC": [
      "grant select on orders to public",
      /table ordering\.orders is open to PUBLIC \(SELECT\)/,
    ],
    "a column granted to PUBLIC": [
      "grant select (id) on orders to public",
      /ordering\.orders is open to PUBLIC/,
    ],
    "the schema granted to another module": [
      "grant usage on schema ordering to APP_catalog_app",
      /schema ordering is open to \w+_catalog_app \(USAGE\)/,
    ],
    "a table granted to another module": [
      "grant insert on orders to APP_catalog_app",
      /ordering\.orders is open to \w+_catalog_app \(INSERT\)/,
    ],
    "a table granted to the login": [
      "grant select on orders to APP",
      /ordering\.orders is open to t\w+ \(SELECT\)/,
    ],
    "a write granted to the reader": ["grant delete on orders to APP_ordering_reader", /_reader \(DELETE\)/],
    "a grant option": [
      "grant select on orders to APP_ordering_app with grant option",
      /_app \(SELECT with grant option\)/,
    ],
    "create granted to the app role": [
      "grant create on schema ordering to APP_ordering_app",
      /schema ordering is open to \w+_ordering_app \(CREATE\)/,
    ],
    "default privileges for PUBLIC": [
      "alter default privileges in schema ordering grant select on tables to public",
      /default acl .* is open to PUBLIC \(SELECT\)/,
    ],
    "a type opened to PUBLIC": [
      "create type mood as enum ('ok'); grant usage on type mood to public",
      /type ordering\.mood is open to PUBLIC \(USAGE\)/,
    ],
    "a function that runs as its caller": [
      "create function f() returns int language sql return 1",
      /function ordering\.f\(\) is not SECURITY DEFINER/,
    ],
    "a trigger function that runs as its caller": [
      `create function f() returns trigger language plpgsql set search_path = ordering as $$ begin return new; end $$`,
      /is not SECURITY DEFINER/,
    ],
    "a procedure that runs as its caller": [
      "create procedure f() language sql begin atomic; end",
      /function ordering\.f\(\) is not SECURITY DEFINER/,
    ],
    "a function without a pinned search_path": [
      "create function f() returns int language sql security definer return 1",
      /has no pinned search_path/,
    ],
    "a function with a path out of its schema": [
      "create function f() returns int language sql security definer set search_path = ordering, catalog return 1",
      /has a search_path that leaves its schema/,
    ],
    "a function opened to PUBLIC": [
      `create function f() returns int language sql ${definer} return 1; grant execute on function f() to public`,
      /function ordering\.f\(\) is open to PUBLIC \(EXECUTE\)/,
    ],
    "a function opened to the reader": [
      `create function f() returns int language sql ${definer} return 1; grant execute on function f() to APP_ordering_reader`,
      /open to \w+_ordering_reader \(EXECUTE\)/,
    ],
  };
  for (const [name, [sql, fault]] of Object.entries(cases)) {
    it(name, async () => {
      const { scratch, migrate } = await orderingOn(await shared);
      await assert.rejects(migrate(sql), { code: "ASHLAR_WALL_VIOLATED", message: fault });
      assert.deepEqual(
        await scratch.sql("select from ordering._migrations where source = 'module' and version > 1"),
        [],
      );
    });
  }

  // The owner of a module cannot even try these, unless somebody has granted what must not be granted.
  const dependencies: Record<string, [sql: string, fault: RegExp]> = {
    "a foreign key": [
      "alter table orders add foreign key (sku) references catalog.products",
      /table constraint orders_sku_fkey on ordering\.orders depends on table catalog\.products/,
    ],
    "a view": [
      "create view v as select sku from catalog.products",
      /on ordering\.v depends on table catalog\.products/,
    ],
    "a materialised view": [
      "create materialized view v as select sku from catalog.products",
      /on ordering\.v depends on table catalog\.products/,
    ],
    "a column type": [
      "alter table orders add size catalog.size",
      /table ordering\.orders depends on type catalog\.size/,
    ],
    "a default": [
      "alter table orders alter id set default nextval('catalog.numbers')",
      /for ordering\.orders\.id depends on sequence catalog\.numbers/,
    ],
    "a child of a table": [
      "create table child () inherits (catalog.products)",
      /table ordering\.child depends on table catalog\.products/,
    ],
    "a policy": [
      "create policy p on orders using (exists (select from catalog.products))",
      /p on ordering\.orders depends on table catalog\.products/,
    ],
    "a trigger": [
      "create trigger t before update on orders for each row execute function catalog.touch()",
      /t on ordering\.orders depends on function catalog\.touch\(\)/,
    ],
    "a function with a parsed body": [
      `create function f() returns bigint language sql ${definer} begin atomic; select count(*) from catalog.products; end`,
      /function ordering\.f\(\) depends on table catalog\.products/,
    ],
    "a rule": [
      "create rule r as on delete to orders do also delete from catalog.products",
      /r on ordering\.orders depends on table catalog\.products/,
    ],
  };
  for (const [name, [sql, fault]] of Object.entries(dependencies)) {
    it(`${name} across schemas, even where privileges would allow it`, async () => {
      const { scratch, migrate } = await orderingOn(await shared);
      const owner = `${scratch.app}_ordering_owner`;
      await assert.rejects(migrate(sql), { sqlState: "42501" }, "refused by PostgreSQL without them");
      // Being the other owner as well is the widest grant there can be.
      await scratch.sql(`grant ${scratch.app}_catalog_owner to ${owner}`);
      try {
        await assert.rejects(migrate(sql), { code: "ASHLAR_WALL_VIOLATED", message: fault });
      } finally {
        await scratch.sql(`revoke ${scratch.app}_catalog_owner from ${owner}`);
      }
    });
  }
});

describe("what someone changed past the migrations", () => {
  it("is found, and refuses the start", async () => {
    const scratch = await scratchDatabase();
    const model = scratch.model({ catalog: { files: catalogFiles }, ordering: {} });
    await prepareDatabase({ adminUrl: scratch.adminUrl, model });
    assert.deepEqual(await violationsOf(scratch, model), []);
    await scratch.sql(`create table ordering.foreign_owner ();
      create table public.copies (sku text references catalog.products);
      grant select on catalog.products to public`);
    assert.deepEqual(
      (await violationsOf(scratch, model)).map(({ kind, module, object, fault }) => [
        kind,
        module,
        object,
        fault,
      ]),
      [
        [
          "dependency",
          "catalog",
          "table constraint copies_sku_fkey on public.copies",
          "depends on table catalog.products",
        ],
        ["owner", "ordering", "table ordering.foreign_owner", "belongs to postgres"],
        ["privilege", "catalog", "table catalog.products", "is open to PUBLIC (SELECT)"],
      ],
    );
    await assert.rejects(prepareDatabase({ adminUrl: scratch.adminUrl, model }), {
      code: "ASHLAR_WALL_VIOLATED",
      message: /^Database \w+ breaks the walls:\n- .*copies_sku_fkey.*call the other module's contract/,
    });
  });

  it("may use extensions", async () => {
    const scratch = await scratchDatabase();
    await scratch.sql("create schema extensions; create extension hstore schema extensions");
    await scratch.sql("grant usage on schema extensions to public");
    const files = { "0001_a.sql": "create table things (tags extensions.hstore);" };
    const model = scratch.model({ catalog: { files } });
    await prepareDatabase({ adminUrl: scratch.adminUrl, model });
    assert.deepEqual(await violationsOf(scratch, model), []);
  });
});

for (const admin of admins) {
  describe(`published views, laid out by a ${admin}`, () => {
    const publishing = { files: catalogFiles, publishes: ["prices"] };
    const reading = { reads: [{ module: "catalog", view: "prices" }] };

    it("are open to the roles of those who declare the read, and to no one else", async () => {
      const scratch = await scratchDatabase(admin);
      const { app, adminUrl } = scratch;
      const model = scratch.model({ catalog: publishing, ordering: reading, billing: {} });
      await prepareDatabase({ adminUrl, model });
      assert.deepEqual(await violationsOf(scratch, model), []);
      const may = async (role: string, text: string) => {
        try {
          await scratch.sql(`set role ${app}_${role}; ${text}`);
          return true;
        } catch (error) {
          assert.equal((error as pg.DatabaseError).code, "42501");
          return false;
        }
      };
      assert.equal(await may("ordering_app", "select from catalog.prices"), true);
      assert.equal(await may("ordering_reader", "select from catalog.prices"), true);
      assert.equal(await may("billing_app", "select from catalog.prices"), false);
      assert.equal(await may("ordering_app", "select from catalog.products"), false);
      assert.equal(await may("ordering_app", "delete from catalog.prices"), false);
      assert.equal(await may("ordering_app", "select nextval('catalog.numbers')"), false);
      assert.equal(await may("ordering_owner", "create table ordering.t (size catalog.size)"), false);
    });

    it("are closed again when the model no longer lists the read", async () => {
      const scratch = await scratchDatabase(admin);
      const { app, adminUrl } = scratch;
      await prepareDatabase({ adminUrl, model: scratch.model({ catalog: publishing, ordering: reading }) });
      await prepareDatabase({ adminUrl, model: scratch.model({ catalog: publishing, ordering: {} }) });
      assert.deepEqual(
        await scratch.sql(`select has_schema_privilege('${app}_ordering_app', 'catalog', 'USAGE') as schema,
          has_table_privilege('${app}_ordering_reader', 'catalog.prices', 'SELECT') as view`),
        [{ schema: false, view: false }],
      );
    });

    it("stay open over a migration that makes them anew", async () => {
      const scratch = await scratchDatabase(admin);
      const { app, adminUrl } = scratch;
      await prepareDatabase({ adminUrl, model: scratch.model({ catalog: publishing, ordering: reading }) });
      const files = {
        ...catalogFiles,
        "0002_again.sql": "drop view prices; create view prices as select sku from products;",
      };
      await prepareDatabase({
        adminUrl,
        model: scratch.model({ catalog: { ...publishing, files }, ordering: reading }),
      });
      assert.deepEqual(
        await scratch.sql(
          `select has_table_privilege('${app}_ordering_app', 'catalog.prices', 'SELECT') as open`,
        ),
        [{ open: true }],
      );
    });
  });
}

describe("a published view", () => {
  it("must exist", async () => {
    const scratch = await scratchDatabase();
    const model = scratch.model({ catalog: { files: catalogFiles, publishes: ["prices", "names"] } });
    await assert.rejects(prepareDatabase({ adminUrl: scratch.adminUrl, model }), {
      code: "ASHLAR_PUBLISHED_VIEW_MISSING",
      message: /catalog\.names/,
    });
  });
});

const shared = (async () => {
  const scratch = await scratchDatabase();
  await prepareDatabase({ adminUrl: scratch.adminUrl, model: orderingModel(scratch) });
  return scratch;
})();

function orderingModel(scratch: Scratch, next?: string): DatabaseModel {
  const files = {
    "0001_create_orders.sql": "create table orders (id bigint primary key, sku text);",
    ...(next === undefined ? {} : { "0002_next.sql": next.replaceAll("APP", scratch.app) }),
  };
  return scratch.model({ catalog: { files: catalogFiles }, ordering: { files } });
}

/** The same database for all cases: each leaves it as it was. */
async function orderingOn(
  scratch: Scratch,
): Promise<{ scratch: Scratch; migrate: (sql: string) => Promise<unknown> }> {
  return {
    scratch,
    migrate: (sql) => prepareDatabase({ adminUrl: scratch.adminUrl, model: orderingModel(scratch, sql) }),
  };
}

async function violationsOf(scratch: Scratch, model: DatabaseModel) {
  const client = new pg.Client(scratch.superuserUrl);
  await client.connect();
  try {
    return await findViolations(client, model);
  } finally {
    await client.end();
  }
}
