import assert from "node:assert/strict";
import { test } from "node:test";
import type { Actor, Sql } from "../../src/module/index.ts";
import { RunError } from "../../src/module/index.ts";
import { inLedger, inOrders, inStock, lab, ledger, orders, stock } from "./lab.ts";

const alice: Actor = { kind: "account", id: "alice", roles: ["buyer"], scopes: null, session: null };

interface Session {
  readonly role: string;
  readonly transaction: string;
}

async function session(sql: Sql): Promise<Session> {
  const [row] = await sql<Session>`
    select current_user::text as role, pg_current_xact_id()::text as transaction`;
  return row!;
}

test("actor, deadline and trace reach every nested call, also through Promise.all", async () => {
  const seen: [operation: string, actor: Actor, deadline: number, traceId: string][] = [];
  const { app } = await lab([
    inOrders.handle(orders.place, async (_, { call, actor, deadline, traceId }) => {
      seen.push(["place", actor, deadline, traceId]);
      await Promise.all([
        call(stock).reserve({ sku: "bolt", quantity: 1 }),
        call(ledger).record({ text: "from orders" }),
        call(stock).find({ sku: "bolt" }),
      ]);
      return { id: "1" };
    }),
    inStock.handle(stock.reserve, async (_, { call, actor, deadline, traceId }) => {
      seen.push(["reserve", actor, deadline, traceId]);
      await call(ledger).record({ text: "from stock" });
      return { left: 1 };
    }),
    inStock.handle(stock.find, async (_, { actor, deadline, traceId }) => {
      seen.push(["find", actor, deadline, traceId]);
      return { quantity: 1 };
    }),
    inLedger.handle(ledger.record, async ({ text }, { actor, deadline, traceId }) => {
      seen.push([`record ${text}`, actor, deadline, traceId]);
      return {};
    }),
  ]);
  const deadline = Date.now() + 5_000;
  await app.execute(orders.place, { text: "" }, { actor: alice, deadline, traceId: "cafe" });
  assert.deepEqual(seen.map(([operation]) => operation).sort(), [
    "find",
    "place",
    "record from orders",
    "record from stock",
    "reserve",
  ]);
  for (const [operation, ...context] of seen) assert.deepEqual(context, [alice, deadline, "cafe"], operation);
});

test("one transaction spans the modules, and each statement runs under its own module's role", async () => {
  const seen: Record<string, Session[]> = { orders: [], stock: [], ledger: [] };
  const { app } = await lab([
    inOrders.handle(orders.place, async (_, { call, sql }) => {
      // Interleaved on purpose: the three modules' statements are under way at the same time.
      await Promise.all([
        ...[1, 2, 3].map(async () => seen.orders!.push(await session(sql))),
        call(stock).reserve({ sku: "bolt", quantity: 1 }),
        call(ledger).record({ text: "" }),
      ]);
      seen.orders!.push(await session(sql));
      return { id: "1" };
    }),
    inStock.handle(stock.reserve, async (_, { call, sql }) => {
      await Promise.all([
        call(ledger).record({ text: "" }),
        ...[1, 2].map(async () => seen.stock!.push(await session(sql))),
      ]);
      return { left: 1 };
    }),
    inLedger.handle(ledger.record, async (_, { sql }) => {
      seen.ledger!.push(await session(sql));
      return {};
    }),
  ]);
  await app.execute(orders.place, { text: "" });
  assert.deepEqual([seen.orders!.length, seen.stock!.length, seen.ledger!.length], [4, 2, 2]);
  const { transaction } = seen.orders![0]!;
  for (const [module, sessions] of Object.entries(seen)) {
    for (const found of sessions) assert.deepEqual(found, { role: `${app.name}_${module}_app`, transaction });
  }
});

test("a query inside a transaction reads what was written, under the reader role", async () => {
  const { app } = await lab([
    inOrders.handle(orders.place, async ({ text }, { call, db, sql }) => {
      await db.insertInto("lines").values({ text }).execute();
      const own = await session(sql);
      const { quantity } = await call(stock).find({ sku: "bolt" });
      const { left } = await call(stock).reserve({ sku: "bolt", quantity: 4 });
      const { quantity: after } = await call(stock).find({ sku: "bolt" });
      assert.deepEqual([quantity, left, after], [10, 6, 6]);
      assert.equal((await session(sql)).transaction, own.transaction);
      return { id: text };
    }),
    inStock.handle(stock.reserve, async ({ sku, quantity }, { sql }) => {
      const [row] = await sql<{ left: number }>`
        update stock.items set quantity = quantity - ${quantity} where sku = ${sku} returning quantity as left`;
      return row!;
    }),
    inStock.handle(stock.find, async ({ sku }, { db, sql }) => {
      assert.equal((await session(sql)).role, `${app.name}_stock_reader`);
      return db.selectFrom("items").select("quantity").where("sku", "=", sku).executeTakeFirstOrThrow();
    }),
  ]);
  assert.deepEqual(await app.execute(orders.place, { text: "a" }), { id: "a" });
});

test("two requests at once have two contexts", async () => {
  const { promise: bothIn, resolve } = Promise.withResolvers<void>();
  let inside = 0;
  const { app } = await lab([
    inOrders.handle(orders.place, async ({ text }, { sql, call, actor }) => {
      await sql`insert into orders.lines (text) values (${text})`;
      if (++inside === 2) resolve();
      await bothIn;
      await call(ledger).record({ text });
      return { id: (actor as { name: string }).name };
    }),
    inLedger.handle(ledger.record, async ({ text }, { actor }) => {
      assert.deepEqual(actor, { kind: "system", name: text });
      return {};
    }),
  ]);
  const run = (name: string) =>
    app.execute(orders.place, { text: name }, { actor: { kind: "system", name } });
  assert.deepEqual(await Promise.all([run("first"), run("second")]), [{ id: "first" }, { id: "second" }]);
});

test("what a use case received is of no use after it has ended", async () => {
  const kept: (() => Promise<unknown>)[] = [];
  const { app } = await lab([
    inOrders.handle(orders.place, async (_, { db, sql, call, savepoint }) => {
      kept.push(
        () => sql`select 1`,
        () => db.selectFrom("lines").selectAll().execute(),
        () => call(ledger).record({ text: "late" }),
        () => savepoint(async () => {}),
      );
      return { id: "1" };
    }),
  ]);
  await app.execute(orders.place, { text: "" });
  for (const use of kept) await assert.rejects(use(), isRefusedOutsideRun);
});

test("what a use case received is of no use to another module", async () => {
  const handed: (() => Promise<unknown>)[] = [];
  const { app } = await lab([
    inOrders.handle(orders.place, async (_, { db, sql, call, savepoint }) => {
      handed.push(
        () => sql`select 1`,
        () => db.selectFrom("lines").selectAll().execute(),
        () => call(stock).find({ sku: "bolt" }),
        () => savepoint(async () => {}),
      );
      await call(ledger).record({ text: "" });
      // Back in its own module, all of it works.
      await sql`select 1`;
      return { id: "1" };
    }),
    inLedger.handle(ledger.record, async () => {
      for (const use of handed) await assert.rejects(use(), isRefusedOutsideRun);
      return {};
    }),
  ]);
  await app.execute(orders.place, { text: "" });
});

test("a savepoint in a query has no transaction to be part of, and is refused", async () => {
  const { app } = await lab([
    inOrders.handle(orders.list, async (_, { savepoint }) => {
      await savepoint(async () => {});
      return { lines: [] };
    }),
  ]);
  await assert.rejects(app.execute(orders.list, {}), isRefusedOutsideRun);
});

function isRefusedOutsideRun(error: unknown): true {
  assert.ok(error instanceof RunError, String(error));
  assert.equal(error.code, "ASHLAR_CALL_OUTSIDE_RUN");
  assert.match(error.message, /orders/);
  return true;
}
