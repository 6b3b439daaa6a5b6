import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import pg from "pg";
import { Pool, prepareDatabase, rolesOf } from "../../src/postgres/index.ts";
import { admins, type Scratch, scratchDatabase } from "./scratch.ts";

const catalogFiles = {
  "0001_create_products.sql": `
    create table products (sku text primary key, price int);
    insert into products values ('a', 1);
    create table parts (id int) partition by range (id);
    create sequence numbers;
    create type size as enum ('s', 'l');
    create domain money as bigint;
    create view prices as select sku, price from products;
    create materialized view totals as select sum(price) as total from products;
    create function first_price() returns int language sql security definer set search_path = catalog, pg_catalog
      begin atomic; select min(price) from products; end;
    create function touch() returns trigger language plpgsql security definer set search_path = catalog, pg_catalog
      as $$ begin return new; end $$;`,
};

for (const admin of admins) {
  describe(`what a module may do beyond its schema, laid out by a ${admin}`, () => {
    let scratch: Scratch;
    let pool: Pool;
    let roles: Record<"catalog" | "ordering", ReturnType<typeof rolesOf>>;
    let client: pg.Client;

    before(async () => {
      scratch = await scratchDatabase(admin);
      const files = {
        "0001_create_orders.sql": "create table orders (id bigint generated always as identity, sku text);",
      };
      const model = scratch.model({ catalog: { files: catalogFiles }, ordering: { files } });
      const { connection, softWalls } = await prepareDatabase({ adminUrl: scratch.adminUrl, model });
      pool = new Pool({ connection, strictGate: softWalls.length > 0 });
      roles = { catalog: rolesOf(scratch.app, "catalog"), ordering: rolesOf(scratch.app, "ordering") };
      client = new pg.Client(scratch.superuserUrl);
      await client.connect();
    });
    after(async () => {
      await client.end();
      await pool.stop();
    });

    /** Past the pool, so that it is PostgreSQL who answers. */
    async function refused(role: string, text: string): Promise<void> {
      await client.query(`begin; set local role ${role}`);
      try {
        await assert.rejects(client.query(text), { code: "42501" }, `${role}: ${text}`);
      } finally {
        await client.query("rollback");
      }
    }

    const reaching = {
      read: "select * from catalog.products",
      "read one column": "select sku from catalog.products limit 0",
      "count through a subquery": "select (select count(*) from catalog.products)",
      insert: "insert into catalog.products values ('b', 2)",
      update: "update catalog.products set price = 0",
      delete: "delete from catalog.products",
      merge:
        "merge into catalog.products p using (values ('a')) v (sku) on p.sku = v.sku when matched then delete",
      "write in a CTE": "with gone as (delete from catalog.products returning 1) select 1",
      truncate: "truncate catalog.products",
      "lock rows": "select from catalog.products for update",
      "lock the table": "lock table catalog.products in access share mode",
      "copy out": "copy catalog.products to stdout",
      "copy in": "copy catalog.products from stdin",
      explain: "explain select * from catalog.products",
      "explain and run": "explain analyze delete from catalog.products",
      "read a view": "select * from catalog.prices",
      "read a materialised view": "select * from catalog.totals",
      "refresh a materialised view": "refresh materialized view catalog.totals",
      "call a function": "select catalog.first_price()",
      "take a number": "select nextval('catalog.numbers')",
      "look at a sequence": "select last_value from catalog.numbers",
      "cast to a type": "select 's'::catalog.size",
      "prepare a read": "prepare p as select from catalog.products",
      "declare a cursor": "declare c cursor for select from catalog.products",
      "make a sample": "select from catalog.products tablesample system (1)",
      "name a table as value": "select 'catalog.products'::regclass",
      "read the framework's tables": "select * from catalog._idempotency",
      "read the history": "select * from catalog._migrations",
    };
    for (const [name, text] of Object.entries(reaching)) {
      it(`cannot ${name} in another schema`, async () => {
        await refused(roles.ordering.app, text);
        await refused(roles.ordering.reader, text);
        await refused(roles.ordering.owner, text);
        await refused(scratch.app, text);
      });
    }

    const building = {
      "refer to a table": "alter table ordering.orders add foreign key (sku) references catalog.products",
      "inherit from a table": "create table ordering.child () inherits (catalog.products)",
      "copy a table's shape": "create table ordering.twin (like catalog.products)",
      "join a partitioned table":
        "create table ordering.part partition of catalog.parts for values from (1) to (2)",
      "take a type": "alter table ordering.orders add size catalog.size",
      "take a domain": "alter table ordering.orders add paid catalog.money",
      "take a default": "alter table ordering.orders alter sku set default nextval('catalog.numbers')::text",
      "hang a trigger on a table":
        "create trigger t before update on catalog.products for each row execute function catalog.touch()",
      "use a trigger function":
        "create trigger t before update on ordering.orders for each row execute function catalog.touch()",
      "write a rule": "create rule r as on delete to catalog.products do nothing",
      "write a policy": "create policy p on catalog.products using (true)",
      "index a table": "create index on catalog.products (price)",
      "change a table": "alter table catalog.products add name text",
      "own a table": "alter table catalog.products owner to current_user",
      "drop a table": "drop table catalog.products",
      "move a table out": "alter table catalog.products set schema ordering",
      "move a table in": "alter table ordering.orders set schema catalog",
      "create a table there": "create table catalog.t ()",
      "create a function there": "create function catalog.f() returns int language sql return 1",
      "grant itself a table": "grant select on catalog.products to current_user",
      "comment on a table": "comment on table catalog.products is 'mine'",
      "analyse a schema": "create statistics ordering.s on sku, price from catalog.products",
      "publish a table": "create publication p for table catalog.products",
      "create a schema": "create schema more",
      "install an extension": "create extension hstore schema ordering",
      "use the public schema": "create table public.t ()",
    };
    for (const [name, text] of Object.entries(building)) {
      it(`cannot ${name}, as the owner in a migration neither`, async () => {
        await refused(roles.ordering.owner, text);
        await refused(roles.ordering.app, text);
      });
    }

    it("can write a view over another schema neither", async () => {
      await refused(roles.ordering.owner, "create view ordering.v as select sku from catalog.products");
      await refused(roles.ordering.app, "create view ordering.v as select 1 as one");
    });

    it("can use all of its own through the pool", async () => {
      const { app, reader } = roles.catalog;
      const run = (role: string, text: string) => pool.execute(role, { text, values: [] });
      await run(app, "insert into catalog.products values ('b', nextval('catalog.numbers'))");
      await run(app, "update catalog.products set price = price + 1");
      await run(app, "select from catalog.products for update");
      await run(app, "select catalog.first_price(), 's'::catalog.size, last_value from catalog.numbers");
      await run(app, "delete from catalog.products where sku = 'b'");
      await run(reader, "select * from catalog.prices, catalog.totals, catalog.products");
    });

    it("cannot change its own tables but in migrations", async () => {
      for (const text of [
        "alter table catalog.products add name text",
        "drop table catalog.products",
        "truncate catalog.products",
        "create table catalog.t ()",
        "create index on catalog.products (price)",
        "create function catalog.f() returns int language sql return 1",
        "create trigger t before update on catalog.products for each row execute function catalog.touch()",
        "create temp table t ()",
      ]) {
        await refused(roles.catalog.app, text);
      }
      // PostgreSQL only warns of a grant by someone who may read but not grant.
      await client.query(
        `set role ${roles.catalog.app}; grant select on catalog.products to public; reset role`,
      );
      assert.deepEqual(
        await scratch.sql("select has_table_privilege('public', 'catalog.products', 'SELECT') as open"),
        [{ open: false }],
      );
    });

    it("cannot write as the reader", async () => {
      for (const text of [
        "insert into catalog.products values ('c', 1)",
        "update catalog.products set price = 0",
        "delete from catalog.products",
        "select from catalog.products for share",
        "select nextval('catalog.numbers')",
        "select catalog.first_price()",
        "with gone as (delete from catalog.products returning 1) select 1",
      ]) {
        await refused(roles.catalog.reader, text);
        await assert.rejects(
          pool.execute(roles.catalog.reader, { text, values: [] }),
          { sqlState: "42501" },
          text,
        );
      }
    });

    it("may not act as an owner, and not as another app's module", async () => {
      const select = { text: "select 1", values: [] };
      for (const role of [roles.catalog.owner, "postgres", "pg_read_all_data"]) {
        await assert.rejects(pool.execute(role, select), { code: "ASHLAR_WALL", sqlState: "42501" }, role);
      }
    });
  });
}
