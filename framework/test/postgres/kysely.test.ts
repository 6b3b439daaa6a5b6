import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Kysely, sql } from "kysely";
import { createKysely, type Pool } from "../../src/postgres/index.ts";
import { CATALOG, startWalledCluster, type WalledCluster } from "./walled-cluster.ts";

interface Tables {
  items: { id: number; name: string; quantity: number | null };
}

let cluster: WalledCluster;
let pool: Pool;
let db: Kysely<Tables>;

before(async () => {
  cluster = await startWalledCluster();
  pool = cluster.pool();
  db = createKysely<Tables>("catalog", (statement) => pool.execute(CATALOG, statement));
});

after(async () => {
  await pool.stop();
  await cluster.stop();
});

test("bare table names mean tables of the module's schema", async () => {
  const query = db.selectFrom("items").where("id", "=", 7).select(["id", "name"]);
  assert.equal(query.compile().sql, 'select "id", "name" from "catalog"."items" where "id" = $1');
  assert.deepEqual(await query.executeTakeFirstOrThrow(), { id: 7, name: "item 7" });
});

test("joins, common table expressions and subqueries are qualified where they name tables, and only there", async () => {
  const rows = await db
    .with("cheap", (query) => query.selectFrom("items").where("quantity", "<", 3).selectAll())
    .selectFrom("cheap")
    .innerJoin("items as same", "same.id", "cheap.id")
    .where("same.id", "in", (query) => query.selectFrom("items").select("id"))
    .select(["cheap.id", "same.name"])
    .orderBy("cheap.id")
    .execute();
  assert.deepEqual(rows, [
    { id: 1, name: "item 1" },
    { id: 2, name: "item 2" },
  ]);
});

test("writes report how many rows they changed", async () => {
  const inserted = await db
    .insertInto("items")
    .values({ id: 500, name: "new", quantity: 1 })
    .executeTakeFirst();
  assert.equal(inserted.numInsertedOrUpdatedRows, 1n);
  const updated = await db.updateTable("items").set({ quantity: 5 }).where("id", "<=", 3).executeTakeFirst();
  assert.equal(updated.numUpdatedRows, 3n);
  const deleted = await db.deleteFrom("items").where("id", "=", 500).executeTakeFirst();
  assert.equal(deleted.numDeletedRows, 1n);
  const raw = await sql`update catalog.items set quantity = 1 where id <= 2`.execute(db);
  assert.equal(raw.numAffectedRows, 2n);
});

test("another module's table is refused by PostgreSQL even when its schema is named", async () => {
  await assert.rejects(sql`select * from billing.items`.execute(db), { code: "ASHLAR_WALL" });
  await assert.rejects(db.withSchema("billing").selectFrom("items").selectAll().execute(), {
    code: "ASHLAR_WALL",
  });
});

test("what has no place in a module is refused, saying what to do instead", async () => {
  const unsupported = (message: RegExp) => ({ code: "ASHLAR_KYSELY_UNSUPPORTED", message });
  assert.throws(() => db.transaction(), unsupported(/use a savepoint/));
  assert.throws(() => db.startTransaction(), unsupported(/use a savepoint/));
  assert.throws(() => db.connection(), unsupported(/already share a connection/));
  await assert.rejects(
    db
      .withoutPlugins()
      .transaction()
      .execute(async () => {}),
    unsupported(/use a savepoint/),
  );
  const stream = db.selectFrom("items").selectAll().stream();
  await assert.rejects(async () => stream.next(), unsupported(/Read in pages/));
  await assert.rejects(db.schema.createTable("t").addColumn("a", "integer").execute(), {
    code: "ASHLAR_STATEMENT_REFUSED",
  });
});
