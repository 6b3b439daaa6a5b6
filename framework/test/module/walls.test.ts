import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Sql } from "../../src/module/index.ts";
import { DatabaseError } from "../../src/postgres/index.ts";
import type { TestApp } from "../../src/testing/index.ts";
import { inOrders, lab, orders } from "./lab.ts";

// Only what the module layer adds to the walls: which role a statement of which operation gets. What those roles
// can and cannot do at large is tested with Postgres.

let shop: TestApp;
let statement: (sql: Sql) => Promise<unknown>;

before(async () => {
  shop = await lab([
    inOrders.handle(orders.place, async (_, { sql }) => {
      await statement(sql);
      return { id: "1" };
    }),
    inOrders.handle(orders.list, async (_, { sql, db }) => {
      await statement(sql);
      const listed = await db.selectFrom("stock.listing").select(["sku", "quantity"]).execute();
      return { lines: listed.map(({ sku, quantity }) => `${quantity} ${sku}`) };
    }),
  ]);
});

function inCommand(run: (sql: Sql) => Promise<unknown>): Promise<unknown> {
  statement = run;
  return shop.app.execute(orders.place, { text: "" });
}

function inQuery(run: (sql: Sql) => Promise<unknown>): Promise<unknown> {
  statement = run;
  return shop.app.execute(orders.list, {});
}

function isRefusedByPostgres(error: unknown): true {
  assert.ok(error instanceof DatabaseError, String(error));
  assert.equal(error.code, "ASHLAR_WALL");
  assert.equal(error.sqlState, "42501");
  return true;
}

test("a hidden write in a query is refused by Postgres", async () => {
  for (const write of [
    (sql: Sql) => sql`insert into orders.lines (text) values ('hidden')`,
    (sql: Sql) => sql`update orders.lines set text = ''`,
    (sql: Sql) => sql`delete from orders.lines`,
    (sql: Sql) => sql`select text from orders.lines for update`,
    (sql: Sql) =>
      sql`with hidden as (insert into orders.lines (text) values ('') returning 1) select 1 from hidden`,
  ]) {
    await assert.rejects(inQuery(write), isRefusedByPostgres);
    await inCommand(write);
  }
});

test("another module's tables are refused, in a command and in a query", async () => {
  for (const run of [inCommand, inQuery]) {
    await assert.rejects(
      run((sql) => sql`select sku from stock.items`),
      isRefusedByPostgres,
    );
    await assert.rejects(
      run((sql) => sql`select text from ledger.entries`),
      isRefusedByPostgres,
    );
  }
  await assert.rejects(
    inCommand((sql) => sql`update stock.items set quantity = 1000`),
    isRefusedByPostgres,
  );
});

test("a view that its owner publishes is read, joined with own tables, and not written", async () => {
  const join = (sql: Sql) =>
    sql`select lines.text, listing.quantity from stock.listing left join orders.lines on lines.text = listing.sku`;
  await inCommand(join);
  assert.deepEqual(await inQuery(join), { lines: ["10 bolt"] });
  await assert.rejects(
    inCommand((sql) => sql`update stock.listing set quantity = 1000`),
    isRefusedByPostgres,
  );
});
