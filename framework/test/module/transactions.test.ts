import assert from "node:assert/strict";
import { test } from "node:test";
import { isError } from "../../src/contract/index.ts";
import { RunError } from "../../src/module/index.ts";
import { DatabaseError } from "../../src/postgres/index.ts";
import { type TestApp, testApp } from "../../src/testing/index.ts";
import { inLedger, inOrders, inStock, lab, labWith, ledger, orders, stock } from "./lab.ts";

/** Writes what it is told, and then fails if told so. */
const record = inLedger.handle(ledger.record, async ({ text }, { db, fail }) => {
  await db.insertInto("entries").values({ text }).execute();
  if (text.startsWith("fail")) fail("CLOSED");
  return {};
});

async function written({ adminQuery }: TestApp): Promise<{ lines: string[]; entries: string[] }> {
  const lines = await adminQuery<{ text: string }>`select text from orders.lines order by id`;
  const entries = await adminQuery<{ text: string }>`select text from ledger.entries order by id`;
  return { lines: lines.map(({ text }) => text), entries: entries.map(({ text }) => text) };
}

const nothing = { lines: [], entries: [] };

test("what several modules wrote is committed together", async () => {
  const shop = await lab([
    record,
    inOrders.handle(orders.place, async ({ text }, { db, call }) => {
      await db.insertInto("lines").values({ text }).execute();
      await call(ledger).record({ text });
      return { id: "1" };
    }),
  ]);
  await shop.app.execute(orders.place, { text: "a" });
  assert.deepEqual(await written(shop), { lines: ["a"], entries: ["a"] });
});

test("what several modules wrote is rolled back together", async () => {
  const shop = await lab([
    record,
    inOrders.handle(orders.place, async ({ text }, { db, call }) => {
      await db.insertInto("lines").values({ text }).execute();
      await call(ledger).record({ text });
      throw new Error("after both");
    }),
  ]);
  await assert.rejects(shop.app.execute(orders.place, { text: "a" }), /after both/);
  assert.deepEqual(await written(shop), nothing);
  assert.equal(shop.app.pool.stats().inUse, 0);
});

test("a declared error rolls back", async () => {
  const shop = await lab([
    inOrders.handle(orders.place, async ({ text }, { db, fail }) => {
      await db.insertInto("lines").values({ text }).execute();
      return fail("SOLD_OUT");
    }),
  ]);
  await assert.rejects(shop.app.execute(orders.place, { text: "a" }), (error: unknown) =>
    isError(error, orders.place, "SOLD_OUT"),
  );
  assert.deepEqual(await written(shop), nothing);
});

test("a declared error that commits keeps what was written before it", async () => {
  const shop = await lab([
    record,
    inOrders.handle(orders.place, async ({ text }, { db, call, fail }) => {
      await db.insertInto("lines").values({ text }).execute();
      await call(ledger).record({ text });
      return fail("REFUSED");
    }),
  ]);
  await assert.rejects(shop.app.execute(orders.place, { text: "attempt" }), (error: unknown) =>
    isError(error, orders.place, "REFUSED"),
  );
  assert.deepEqual(await written(shop), { lines: ["attempt"], entries: ["attempt"] });
});

test("an error that commits does not keep what a failed joined command left half done", async () => {
  const shop = await lab([
    record,
    inOrders.handle(orders.place, async ({ text }, { db, call, fail }) => {
      await db.insertInto("lines").values({ text }).execute();
      await call(ledger)
        .record({ text: "fail" })
        .catch(() => {});
      return fail("REFUSED");
    }),
  ]);
  await assert.rejects(shop.app.execute(orders.place, { text: "attempt" }));
  assert.deepEqual(await written(shop), nothing);
});

test("a joined command whose error commits leaves its writes to the caller's decision", async () => {
  const shop = await lab([
    record,
    inOrders.handle(orders.place, async ({ text }, { call, fail }) => {
      await call(stock)
        .reserve({ sku: "bolt", quantity: 1 })
        .catch((error: unknown) => {
          if (!isError(error, stock.reserve, "SUSPICIOUS")) throw error;
        });
      if (text === "roll back") fail("SOLD_OUT");
      return { id: "1" };
    }),
    inStock.handle(stock.reserve, async (_, { call, fail }) => {
      await call(ledger).record({ text: "suspicion" });
      return fail("SUSPICIOUS");
    }),
  ]);
  await assert.rejects(shop.app.execute(orders.place, { text: "roll back" }));
  assert.deepEqual(await written(shop), nothing);
  await shop.app.execute(orders.place, { text: "go on" });
  assert.deepEqual((await written(shop)).entries, ["suspicion"]);
});

test("a joined command that failed lets the transaction only be rolled back, even when it was caught", async () => {
  const shop = await lab([
    record,
    inOrders.handle(orders.place, async ({ text }, { db, call }) => {
      await db.insertInto("lines").values({ text }).execute();
      await call(ledger)
        .record({ text: "fail" })
        .catch(() => {});
      await db.insertInto("lines").values({ text: "went on" }).execute();
      return { id: "1" };
    }),
  ]);
  await assert.rejects(shop.app.execute(orders.place, { text: "a" }), (error: unknown) => {
    assert.ok(error instanceof RunError);
    assert.equal(error.code, "ASHLAR_TRANSACTION_SPOILED");
    assert.match(error.message, /orders\.place went on after ledger\.record had failed.*`savepoint`/);
    assert.ok(isError(error.cause, ledger.record, "CLOSED"));
    return true;
  });
  assert.deepEqual(await written(shop), nothing);
});

test("a joined command that is no async function fails like one that is", async () => {
  const shop = await lab([
    inLedger.handle(ledger.record, (_, { fail }) => fail("CLOSED")),
    inOrders.handle(orders.place, async ({ text }, { db, call }) => {
      await db.insertInto("lines").values({ text }).execute();
      const rejected = await call(ledger)
        .record({ text })
        .catch((error: unknown) => error);
      assert.ok(isError(rejected, ledger.record, "CLOSED"));
      return { id: "1" };
    }),
  ]);
  const calls = () => [...shop.app.spans.ended()].filter(({ kind }) => kind === "call").length;
  const before = calls();
  await assert.rejects(shop.app.execute(orders.place, { text: "a" }), { code: "ASHLAR_TRANSACTION_SPOILED" });
  assert.deepEqual(await written(shop), nothing);
  assert.equal(calls(), before + 2);
});

test("in a savepoint the failure of a joined command takes back its own statements only", async () => {
  const shop = await lab([
    record,
    inOrders.handle(orders.place, async ({ text }, { db, call, savepoint }) => {
      await db.insertInto("lines").values({ text }).execute();
      await savepoint(() => call(ledger).record({ text: "kept" }));
      await savepoint(() => call(ledger).record({ text: "fail" })).catch((error: unknown) => {
        assert.ok(isError(error, ledger.record, "CLOSED"));
      });
      await db.insertInto("lines").values({ text: "went on" }).execute();
      return { id: "1" };
    }),
  ]);
  await shop.app.execute(orders.place, { text: "a" });
  assert.deepEqual(await written(shop), { lines: ["a", "went on"], entries: ["kept"] });
});

test("a failure that is swallowed inside a savepoint takes the savepoint with it", async () => {
  const shop = await lab([
    record,
    inOrders.handle(orders.place, async ({ text }, { db, call, savepoint }) => {
      await assert.rejects(
        savepoint(async () => {
          await db.insertInto("lines").values({ text: "inside" }).execute();
          await call(ledger)
            .record({ text: "fail" })
            .catch(() => {});
        }),
        { code: "ASHLAR_TRANSACTION_SPOILED" },
      );
      await db.insertInto("lines").values({ text }).execute();
      return { id: "1" };
    }),
  ]);
  await shop.app.execute(orders.place, { text: "outside" });
  assert.deepEqual(await written(shop), { lines: ["outside"], entries: [] });
});

test("savepoints nest, across modules too", async () => {
  const shop = await lab([
    record,
    inOrders.handle(orders.place, async (_, { call, savepoint }) => {
      await savepoint(async () => {
        await call(ledger).record({ text: "outer" });
        await call(stock).reserve({ sku: "bolt", quantity: 1 });
      });
      return { id: "1" };
    }),
    inStock.handle(stock.reserve, async (_, { call, savepoint }) => {
      await savepoint(() => call(ledger).record({ text: "fail inner" })).catch(() => {});
      await call(ledger).record({ text: "middle" });
      return { left: 1 };
    }),
  ]);
  await shop.app.execute(orders.place, { text: "" });
  assert.deepEqual((await written(shop)).entries, ["outer", "middle"]);
});

test("a statement that Postgres refused can be survived in a savepoint, and nowhere else", async () => {
  const shop = await lab([
    inOrders.handle(orders.place, async ({ text }, { sql, savepoint }) => {
      const refused = () => sql`insert into orders.lines (text) values (${null})`;
      const isRefused = (error: unknown) =>
        error instanceof DatabaseError && error.code === "ASHLAR_NOT_NULL_VIOLATION";
      await assert.rejects(text === "savepoint" ? savepoint(refused) : refused(), isRefused);
      await sql`insert into orders.lines (text) values (${text})`;
      return { id: "1" };
    }),
  ]);
  await assert.rejects(shop.app.execute(orders.place, { text: "none" }), {
    code: "ASHLAR_TRANSACTION_ABORTED",
  });
  assert.deepEqual(await written(shop), nothing);
  await shop.app.execute(orders.place, { text: "savepoint" });
  assert.deepEqual((await written(shop)).lines, ["savepoint"]);
});

test("a command that sends no statement uses no connection", async () => {
  const modules = labWith([
    inOrders.handle(orders.place, async ({ text }, { call, savepoint }) => {
      await savepoint(() => call(stock).reserve({ sku: "bolt", quantity: 1 }));
      if (text === "fail") throw new Error("without a trace");
      return { id: "1" };
    }),
    inStock.handle(stock.reserve, async () => ({ left: 1 })),
  ]);
  const { app } = await testApp({ modules });
  await app.execute(orders.place, { text: "" });
  await assert.rejects(app.execute(orders.place, { text: "fail" }), /without a trace/);
  assert.equal(app.pool.stats().syncs, 0);
  assert.equal(app.pool.stats().size, 0);
});

test("a statement that nobody awaited is still part of its command", async () => {
  const shop = await lab([
    inOrders.handle(orders.place, async ({ text }, { sql }) => {
      void sql`insert into orders.lines (text) values (${text})`;
      return { id: "1" };
    }),
  ]);
  await shop.app.execute(orders.place, { text: "kept" });
  assert.deepEqual((await written(shop)).lines, ["kept"]);
});
