import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import pg from "pg";
import { prepareDatabase } from "../../src/postgres/index.ts";
import { scanStatements } from "../../src/postgres/sql-scanner.ts";
import { admins, scratchDatabase } from "./scratch.ts";

const createProducts = "create table products (sku text primary key, stock int not null default 0);\n";

for (const admin of admins) {
  describe(`migrations by a ${admin}`, () => {
    it("run once, in order, as the module's owner, and are recorded", async () => {
      const { app, adminUrl, model, sql } = await scratchDatabase(admin);
      const options = {
        adminUrl,
        model: model({
          catalog: {
            files: {
              "0001_create_products.sql": createProducts,
              "0002_add_price.sql":
                "alter table products add price int;\ninsert into products values ('a', 1, 2);",
              "README.md": "What these are for.",
            },
          },
        }),
      };
      const { migrated } = await prepareDatabase(options);
      assert.deepEqual(
        migrated.map(({ name }) => name),
        ["idempotency", "jobs_and_events", "waiting_jobs", "create_products", "add_price"],
      );
      assert.deepEqual((await prepareDatabase(options)).migrated, []);
      assert.deepEqual(await sql("select * from catalog.products"), [{ sku: "a", stock: 1, price: 2 }]);
      assert.deepEqual(await sql("select tableowner::text from pg_tables where tablename = 'products'"), [
        { tableowner: `${app}_catalog_owner` },
      ]);
      assert.deepEqual(
        await sql(`select source, version, name, length(checksum) as checksum, duration_ms >= 0 as timed
          from catalog._migrations order by source, version`),
        [
          { source: "framework", version: 1, name: "idempotency", checksum: 64, timed: true },
          { source: "framework", version: 2, name: "jobs_and_events", checksum: 64, timed: true },
          { source: "framework", version: 3, name: "waiting_jobs", checksum: 64, timed: true },
          { source: "module", version: 1, name: "create_products", checksum: 64, timed: true },
          { source: "module", version: 2, name: "add_price", checksum: 64, timed: true },
        ],
      );
    });

    it("cannot get out of the owner's role, however they try", async () => {
      const { app, adminUrl, model, sql } = await scratchDatabase(admin);
      await prepareDatabase({ adminUrl, model: model({ catalog: {}, ordering: {} }) });
      const escapes = {
        "do $$ begin execute 'reset ' || 'role'; execute 'drop table ordering._idempotency'; end $$": /42501/,
        [`do $$ begin execute 'set ' || 'role ${app}_ordering_owner'; end $$`]: /42501/,
        "do $$ begin execute 'set ' || 'session authorization default'; end $$": /42501/,
        [`select set_config('role', '${app}_ordering_owner', true)`]: /42501/,
        "do $$ begin commit; end $$": /2D000/,
        [`create function evil() returns void language plpgsql as $$ begin execute 'reset role'; end $$;
          select evil()`]: /42501/,
        [`grant ${app}_catalog_owner to ${app}`]: /42501/,
        [`alter role ${app} superuser`]: /42501/,
        "create schema more": /42501/,
        "create temp table t ()": /42501/,
        "copy products to program 'true'": /42P01|42501/,
        "select from ordering._idempotency": /42501/,
        "drop table ordering._idempotency": /42501/,
      };
      for (const [text, state] of Object.entries(escapes)) {
        await assert.rejects(
          prepareDatabase({ adminUrl, model: model({ catalog: { files: { "0001_escape.sql": text } } }) }),
          (error: { code?: string; sqlState?: string; message: string }) => {
            assert.equal(error.code, "ASHLAR_MIGRATION_FAILED", text);
            assert.match(error.sqlState ?? "", state, text);
            return true;
          },
        );
      }
      assert.deepEqual(await sql("select version from catalog._migrations where source = 'module'"), []);
      assert.deepEqual(await sql("select to_regclass('ordering._idempotency') is not null as there"), [
        { there: true },
      ]);
    });

    it("are applied once by four instances that start at once, concurrent indexes included", async () => {
      const { adminUrl, model, sql } = await scratchDatabase(admin);
      const files = {
        "0001_create_products.sql": createProducts,
        "0002_fill.sql": "insert into products select 'sku-' || n, n from generate_series(1, 1000) n;",
        "0003_index_stock.sql":
          "-- ashlar: no transaction\ncreate index concurrently products_stock on products (stock);",
        "0004_add_price.sql": "alter table products add price int;",
      };
      const options = { adminUrl, model: model({ catalog: { files }, ordering: { files } }) };
      const instances = await Promise.all(Array.from({ length: 4 }, () => prepareDatabase(options)));
      assert.equal(instances.flatMap(({ migrated }) => migrated).length, 14);
      assert.deepEqual(await sql("select count(*)::int as n from catalog.products"), [{ n: 1000 }]);
      assert.deepEqual(
        await sql("select indisvalid from pg_index where indexrelid = 'ordering.products_stock'::regclass"),
        [{ indisvalid: true }],
      );
    });
  });
}

describe("migrations", () => {
  it("are refused, with all faults of all modules at once, when they do not continue the database", async () => {
    const { adminUrl, model, sql } = await scratchDatabase();
    const files = {
      "0001_create_products.sql": createProducts,
      "0002_add_price.sql": "alter table products add price int;",
      "0003_add_name.sql": "alter table products add name text;",
    };
    const first = model({ catalog: { files }, ordering: { files } });
    await prepareDatabase({ adminUrl, model: first });
    const [catalog, ordering] = first.modules.map(({ migrations }) => migrations) as [string, string];
    writeFileSync(join(catalog, "0001_create_products.sql"), `${createProducts}-- edited`);
    rmSync(join(catalog, "0002_add_price.sql"));
    rmSync(join(ordering, "0002_add_price.sql"));
    writeFileSync(join(ordering, "0003_add_more.sql"), "select 1");
    writeFileSync(join(ordering, "5_bad.sql"), "select 1");
    writeFileSync(join(ordering, "0004_transaction.sql"), "begin;\nselect 1;\nreset role;\ncommit;");
    await assert.rejects(
      prepareDatabase({ adminUrl, model: first }),
      (error: { code?: string; message: string }) => {
        assert.equal(error.code, "ASHLAR_MIGRATIONS_REFUSED");
        assert.deepEqual(error.message.split("\n").slice(1), [
          "- catalog/0002_*.sql is missing before catalog/0003_add_name.sql; restore it or renumber",
          "- catalog/0001_create_products.sql was edited after it was applied; restore it and put the change into a new file",
          "- catalog/0002_add_price.sql was applied but is gone; restore it",
          "- ordering/5_bad.sql is not called like 0001_create_orders.sql; rename it or move it away",
          "- ordering/0002_*.sql is missing before ordering/0003_add_more.sql; restore it or renumber",
          "- ordering/0003_add_more.sql and ordering/0003_add_name.sql have the same number; give the newer one the next free number",
          "- ordering/0004_transaction.sql line 1 says BEGIN; remove it, each file is one transaction already",
          "- ordering/0004_transaction.sql line 3 changes the role; remove it, a migration always runs as its module's owner",
          "- ordering/0004_transaction.sql line 4 says COMMIT; remove it, each file is one transaction already",
          "- ordering/0002_add_price.sql was applied but is gone; restore it",
          "- ordering/0003_add_name.sql was applied but is now called ordering/0003_add_more.sql; give it its old name back",
        ]);
        return true;
      },
    );
    assert.deepEqual(
      await sql("select max(version) as version from ordering._migrations where source = 'module'"),
      [{ version: 3 }],
    );
  });

  it("let a release start on a database that a newer one has migrated", async () => {
    const { adminUrl, model, sql } = await scratchDatabase();
    const older = { "0001_create_products.sql": createProducts };
    const newer = { ...older, "0002_add_price.sql": "alter table products add price int;" };
    await prepareDatabase({ adminUrl, model: model({ catalog: { files: newer } }) });
    const { migrated } = await prepareDatabase({ adminUrl, model: model({ catalog: { files: older } }) });
    assert.deepEqual(migrated, []);
    assert.deepEqual(await sql("select price from catalog.products"), []);
  });

  it("are the same with the line ends of another system", async () => {
    const { adminUrl, model } = await scratchDatabase();
    await prepareDatabase({
      adminUrl,
      model: model({ catalog: { files: { "0001_a.sql": "select 1;\nselect 2;\n" } } }),
    });
    const { migrated } = await prepareDatabase({
      adminUrl,
      model: model({ catalog: { files: { "0001_a.sql": "select 1;\r\nselect 2;\r\n" } } }),
    });
    assert.deepEqual(migrated, []);
  });

  it("leave nothing behind when they fail, and name the line", async () => {
    const { adminUrl, model, sql } = await scratchDatabase();
    const broken = "create table fine ();\n\n-- comment\ncreate table broken (id nosuchtype);\n";
    await assert.rejects(
      prepareDatabase({ adminUrl, model: model({ catalog: { files: { "0001_broken.sql": broken } } }) }),
      {
        code: "ASHLAR_MIGRATION_FAILED",
        sqlState: "42704",
        message:
          /^catalog\/0001_broken\.sql line 4: type "nosuchtype" does not exist.*Nothing of it was applied/,
      },
    );
    assert.deepEqual(await sql("select to_regclass('catalog.fine') as fine"), [{ fine: null }]);
    const { migrated } = await prepareDatabase({
      adminUrl,
      model: model({ catalog: { files: { "0001_mended.sql": "create table fine ();" } } }),
    });
    assert.deepEqual(
      migrated.map(({ name }) => name),
      ["mended"],
    );
  });

  it("find their own schema first and no other, whatever an earlier file set", async () => {
    const { adminUrl, model, sql } = await scratchDatabase();
    await prepareDatabase({
      adminUrl,
      model: model({
        catalog: {
          files: {
            "0001_a.sql": "set search_path = ordering; set statement_timeout = 1;",
            "0002_b.sql": createProducts,
          },
        },
        ordering: { files: { "0001_a.sql": "create table mine (); select pg_sleep(0.01);" } },
      }),
    });
    assert.deepEqual(
      await sql(
        "select schemaname::text as schema from pg_tables where tablename in ('products', 'mine') order by 1",
      ),
      [{ schema: "catalog" }, { schema: "ordering" }],
    );
  });

  it("do not let the module rewrite its own history", async () => {
    const { app, adminUrl, model, superuserUrl } = await scratchDatabase();
    await prepareDatabase({ adminUrl, model: model({ catalog: {} }) });
    const client = new pg.Client(superuserUrl);
    await client.connect();
    await client.query(`set role ${app}_catalog_app`);
    assert.equal((await client.query("select from catalog._migrations")).rowCount, 3);
    await assert.rejects(client.query("delete from catalog._migrations"), { code: "42501" });
    await client.end();
  });

  it("step back from a lock instead of holding up everyone behind them", async () => {
    const { app, adminUrl, superuserUrl, model } = await scratchDatabase();
    const files = { "0001_create_products.sql": createProducts };
    await prepareDatabase({ adminUrl, model: model({ catalog: { files } }) });
    const reader = new pg.Client(superuserUrl);
    await reader.connect();
    await reader.query("begin; select from catalog.products");
    const steppedBack = Promise.withResolvers<void>();
    const migrating = prepareDatabase({
      adminUrl,
      model: model({
        catalog: { files: { ...files, "0002_add_price.sql": "alter table products add price int;" } },
      }),
      log: (message) => {
        if (message.includes("did not get its lock")) steppedBack.resolve();
      },
    });
    await steppedBack.promise;
    // A second reader gets through although the first is still there: if it meets the next try in the queue, that
    // one steps back within two seconds as well.
    const other = new pg.Client(superuserUrl);
    await other.connect();
    await other.query("set lock_timeout = '8s'; select from catalog.products");
    await other.end();
    await reader.query("commit");
    await reader.end();
    assert.equal((await migrating).migrated.length, 1, app);
  });
});

describe("migrations without a transaction", () => {
  it("go on after a crash, building a half-built index anew", async () => {
    const { app, adminUrl, model, sql } = await scratchDatabase("owner");
    const files = {
      "0001_create_products.sql": `${createProducts}insert into products values ('a', 1), ('b', 1);`,
      "0002_index.sql": `-- ashlar: no transaction
        create index concurrently if not exists products_stock on products (stock);
        create unique index concurrently "products_unique_stock" on products (stock);
        drop index concurrently if exists catalog.products_no_index;
        analyze products;`,
    };
    const options = { adminUrl, model: model({ catalog: { files } }) };
    await assert.rejects(prepareDatabase(options), {
      code: "ASHLAR_MIGRATION_FAILED",
      sqlState: "23505",
      message: /started again from its first statement/,
    });
    const indexes = () =>
      sql(`select c.relname::text as name, i.indisvalid as valid, c.relowner::regrole::text as owner
        from pg_index i join pg_class c on c.oid = i.indexrelid where c.relname like 'products_%stock' order by 1`);
    const owner = `${app}_catalog_owner`;
    assert.deepEqual(await indexes(), [
      { name: "products_stock", valid: true, owner },
      { name: "products_unique_stock", valid: false, owner },
    ]);
    await sql("update catalog.products set stock = 2 where sku = 'b'");
    assert.equal((await prepareDatabase(options)).migrated.length, 1);
    assert.deepEqual(await indexes(), [
      { name: "products_stock", valid: true, owner },
      { name: "products_unique_stock", valid: true, owner },
    ]);
  });

  it("may hold nothing that could run other code with the admin's session", async () => {
    const { adminUrl, model } = await scratchDatabase();
    const refused = [
      "select 1",
      "do $$ begin execute 'reset role'; end $$",
      "create index products_stock on products (stock)",
      "create index concurrently on products (stock)",
      "set role postgres",
      "alter table products add x int",
    ];
    for (const text of refused) {
      const files = { "0001_a.sql": `-- ashlar: no transaction\n${text};` };
      await assert.rejects(
        prepareDatabase({ adminUrl, model: model({ catalog: { files } }) }),
        { code: "ASHLAR_MIGRATIONS_REFUSED" },
        text,
      );
    }
  });
});

describe("the scan of a migration", () => {
  it("ends a statement at a semicolon that is no part of a string, name, comment, body or rule", () => {
    const sql = `select ';', "a;b", E'\\';', $$;$$, $x$ ; $$ ; $x$, U&';' -- ;
      /* ; /* ; */ ; */ ;
      create function f() returns int begin atomic; select case when true then 1 end; select 2; end;
      create rule r as on insert to t do also (select 1; select 2);
      select 1`;
    assert.deepEqual(
      scanStatements(sql).map(({ line, words }) => `${line} ${words.slice(0, 2).join(" ")}`),
      ["1 select a;b", "3 create function", "4 create rule", "5 select"],
    );
  });

  it("sees a role statement in every spelling and none in a string", async () => {
    const { adminUrl, model } = await scratchDatabase();
    const refused = [
      "SET/* */ROLE x",
      "set local role x",
      "set session role x",
      'set "role" = x',
      "set session authorization x",
      "set local session authorization x",
      "reset role",
      "reset session authorization",
      "reset all",
      "discard all",
      "; ;commit",
      "prepare transaction 'x'",
      "start transaction",
    ];
    for (const text of refused) {
      await assert.rejects(
        prepareDatabase({ adminUrl, model: model({ catalog: { files: { "0001_a.sql": text } } }) }),
        { code: "ASHLAR_MIGRATIONS_REFUSED" },
        text,
      );
    }
    const allowed = `select 'reset role'; -- set role x
      select $$; commit; $$; set local work_mem = '8MB';
      create table roles (role text, "commit" text);`;
    await prepareDatabase({ adminUrl, model: model({ catalog: { files: { "0001_a.sql": allowed } } }) });
  });
});
