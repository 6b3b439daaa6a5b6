import assert from "node:assert/strict";
import { test } from "node:test";
import { isError } from "../../src/contract/index.ts";
import { type CallMode, RunError, SchemaError } from "../../src/module/index.ts";
import type { TestApp } from "../../src/testing/index.ts";
import { inLedger, inOrders, inStock, lab, ledger, orders, stock } from "./lab.ts";

function refusedWith(code: string, message: RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof RunError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}

/** What passes between two modules: the value sent and the value that arrives, both ways. */
async function passage(calls: CallMode): Promise<{ sent: object[]; arrived: object[] }> {
  const sent: object[] = [];
  const arrived: object[] = [];
  const { app } = await lab(
    [
      inOrders.handle(orders.place, async (_, { call }) => {
        const input = { sku: "bolt", quantity: 1 };
        sent.push(input);
        arrived.push(await call(stock).reserve(input));
        return { id: "1" };
      }),
      inStock.handle(stock.reserve, async (input) => {
        arrived.push(input);
        const output = { left: 3 };
        sent.push(output);
        return output;
      }),
    ],
    calls,
  );
  await app.execute(orders.place, { text: "" });
  return { sent, arrived };
}

test("a direct call passes the very objects", async () => {
  const { sent, arrived } = await passage("direct");
  assert.equal(sent.length, 2);
  assert.equal(arrived[0], sent[0]);
  assert.equal(arrived[1], sent[1]);
});

test("a serialised call passes copies", async () => {
  const { sent, arrived } = await passage("serialised");
  assert.deepEqual(arrived, sent);
  assert.notEqual(arrived[0], sent[0]);
  assert.notEqual(arrived[1], sent[1]);
});

test("a direct call between modules is not validated", async () => {
  const { app } = await lab(
    [
      inOrders.handle(orders.place, async (_, { call }) => {
        await call(stock).reserve({ sku: "bolt", quantity: -1 });
        return { id: "1" };
      }),
      inStock.handle(stock.reserve, async ({ quantity }) => ({ left: quantity })),
    ],
    "direct",
  );
  assert.deepEqual(await app.execute(orders.place, { text: "" }), { id: "1" });
});

test("a serialised call refuses an input that is not what the contract says", async () => {
  let reached = false;
  const { app } = await lab(
    [
      inOrders.handle(orders.place, async (_, { call }) => {
        await call(stock).reserve({ sku: "bolt", quantity: 0, colour: "red" } as never);
        return { id: "1" };
      }),
      inStock.handle(stock.reserve, async () => {
        reached = true;
        return { left: 1 };
      }),
    ],
    "serialised",
  );
  await assert.rejects(app.execute(orders.place, { text: "" }), (error: unknown) => {
    assert.ok(error instanceof SchemaError);
    assert.equal(error.code, "ASHLAR_INPUT_INVALID");
    assert.equal(error.operation, "stock.reserve");
    assert.deepEqual(error.violations.map(({ path }) => path).sort(), ["/colour", "/quantity"]);
    assert.match(error.message, /The input of stock\.reserve is not what its contract says/);
    return true;
  });
  assert.equal(reached, false);
});

test("a serialised call refuses an output that is not what the contract says", async () => {
  const { app } = await lab(
    [
      inOrders.handle(orders.place, async (_, { call }) => {
        await call(stock).find({ sku: "bolt" });
        return { id: "1" };
      }),
      inStock.handle(stock.find, async () => ({ quantity: 1, secret: "leaks" })),
    ],
    "serialised",
  );
  await assert.rejects(
    app.execute(orders.place, { text: "" }),
    refusedWith("ASHLAR_OUTPUT_INVALID", /output of stock\.find .*\/secret is not a known property/),
  );
});

for (const calls of ["direct", "serialised"] as const) {
  test(`a declared error arrives with its data in a ${calls} call`, async () => {
    const data = { sku: "bolt" };
    const { app } = await lab(
      [
        inOrders.handle(orders.place, async (_, { call, savepoint, fail }) => {
          try {
            await savepoint(() => call(stock).reserve({ sku: "bolt", quantity: 1 }));
          } catch (error) {
            if (!isError(error, stock.reserve, "OUT_OF_STOCK")) throw error;
            assert.deepEqual(error.data, { sku: "bolt" });
            assert.equal(error.data === data, calls === "direct");
            assert.equal(error.message, "There is not enough of it.");
            fail("SOLD_OUT");
          }
          return { id: "1" };
        }),
        inStock.handle(stock.reserve, async (_, { fail }) => fail("OUT_OF_STOCK", data)),
      ],
      calls,
    );
    await assert.rejects(app.execute(orders.place, { text: "" }), (error: unknown) =>
      isError(error, orders.place, "SOLD_OUT"),
    );
  });
}

test("a serialised call refuses error data that is not what the contract says", async () => {
  const { app } = await lab(
    [
      inOrders.handle(orders.place, async (_, { call }) => {
        await call(stock).reserve({ sku: "bolt", quantity: 1 });
        return { id: "1" };
      }),
      inStock.handle(stock.reserve, async (_, { fail }) => fail("OUT_OF_STOCK", { sku: 7 } as never)),
    ],
    "serialised",
  );
  await assert.rejects(
    app.execute(orders.place, { text: "" }),
    refusedWith("ASHLAR_OUTPUT_INVALID", /error data of stock\.reserve/),
  );
});

test("the error of another operation is no answer, unless it is translated", async () => {
  const { app } = await lab([
    inOrders.handle(orders.place, async (_, { call }) => {
      await call(stock).reserve({ sku: "bolt", quantity: 1 });
      return { id: "1" };
    }),
    inStock.handle(stock.reserve, async (_, { fail }) => fail("OUT_OF_STOCK", { sku: "bolt" })),
  ]);
  await assert.rejects(app.execute(orders.place, { text: "" }), (error: unknown) => {
    refusedWith(
      "ASHLAR_UNDECLARED_ERROR",
      /orders\.place let STOCK_OUT_OF_STOCK of stock\.reserve through/,
    )(error);
    assert.ok(isError((error as Error).cause, stock.reserve, "OUT_OF_STOCK"));
    return true;
  });
});

test("a call and a statement past the deadline are refused", async () => {
  const late = Date.now() - 1;
  const { app, adminQuery } = await lab([
    inOrders.handle(orders.place, async ({ text }, { call, sql }) => {
      if (text === "call") await call(ledger).record({ text });
      else await sql`insert into orders.lines (text) values (${text})`;
      return { id: "1" };
    }),
    inOrders.handle(orders.list, async (_, { sql }) => {
      await sql`select 1`;
      return { lines: [] };
    }),
  ]);
  for (const [text, stopped] of [
    ["call", /ledger\.record was stopped/],
    ["statement", /orders\.place was stopped/],
  ] as const) {
    await assert.rejects(
      app.execute(orders.place, { text }, { deadline: late }),
      refusedWith("ASHLAR_DEADLINE_EXCEEDED", stopped),
    );
  }
  await assert.rejects(
    app.execute(orders.list, {}, { deadline: late }),
    refusedWith("ASHLAR_DEADLINE_EXCEEDED", /orders\.list was stopped/),
  );
  assert.deepEqual(await adminQuery`select from orders.lines`, []);
});

test("a command is refused in a query, however deep", async () => {
  const { app } = await lab([
    inOrders.handle(orders.list, async (_, { call }) => {
      await call(stock).find({ sku: "bolt" });
      return { lines: [] };
    }),
    inStock.handle(stock.find, async (_, { call }) => {
      await call(ledger).record({ text: "" });
      return { quantity: 1 };
    }),
  ]);
  const refused = refusedWith(
    "ASHLAR_COMMAND_IN_QUERY",
    /ledger\.record changes state, but stock\.find is a query/,
  );
  await assert.rejects(app.execute(stock.find, { sku: "bolt" }), refused);
  await assert.rejects(app.execute(orders.list, {}), refused);
});

test("a command is refused in a query that a command called", async () => {
  const { app } = await lab([
    inOrders.handle(orders.place, async (_, { call }) => {
      await call(stock).find({ sku: "bolt" });
      return { id: "1" };
    }),
    inStock.handle(stock.find, async (_, { call }) => {
      await call(ledger).record({ text: "" });
      return { quantity: 1 };
    }),
  ]);
  await assert.rejects(
    app.execute(orders.place, { text: "" }),
    refusedWith("ASHLAR_COMMAND_IN_QUERY", /ledger\.record/),
  );
});

test("a command with a transaction of its own is refused inside another one", async () => {
  const { app } = await lab([
    inOrders.handle(orders.place, async (_, { call }) => {
      await call(stock).restock({ text: "" });
      return { id: "1" };
    }),
  ]);
  await assert.rejects(
    app.execute(orders.place, { text: "" }),
    refusedWith(
      "ASHLAR_OWN_TRANSACTION_INSIDE",
      /stock\.restock .* cannot run inside the one of orders\.place/,
    ),
  );
});

test("a joining command called from outside has a transaction of its own", async () => {
  const shop = await lab([
    inLedger.handle(ledger.record, async ({ text }, { db }) => {
      await db.insertInto("entries").values({ text }).execute();
      return {};
    }),
  ]);
  await shop.app.execute(ledger.record, { text: "kept" });
  assert.deepEqual(await entries(shop), ["kept"]);
});

test("a contract that is not in `uses` is refused at run time too", async () => {
  const { app } = await lab([
    inLedger.handle(ledger.record, async (_, { call }) => {
      await (call as unknown as (contract: unknown) => { list(input: object): Promise<unknown> })(
        orders,
      ).list({});
      return {};
    }),
  ]);
  await assert.rejects(
    app.execute(ledger.record, { text: "" }),
    /ledger does not use orders: add it to `uses` in src\/definition\.ts/,
  );
});

test("calls leave spans with parent, trace and outcome", async () => {
  const { app } = await lab([
    inOrders.handle(orders.place, async (_, { call, savepoint }) => {
      await call(ledger).record({ text: "" });
      await savepoint(() => call(stock).reserve({ sku: "bolt", quantity: 1 })).catch(() => {});
      return { id: "1" };
    }),
    inStock.handle(stock.reserve, async (_, { fail }) => fail("OUT_OF_STOCK", { sku: "bolt" })),
    inLedger.handle(ledger.record, async () => ({})),
  ]);
  await app.execute(orders.place, { text: "" }, { traceId: "feed" });
  const [place, record, reserve] = [...app.spans.ended()].filter(({ traceId }) => traceId === "feed");
  assert.deepEqual(
    [place!, record!, reserve!].map(({ kind, module, name, parent, failed, error }) => [
      kind,
      module,
      name,
      parent,
      failed,
      error,
    ]),
    [
      ["call", "orders", "orders.place", 0, false, null],
      ["call", "ledger", "ledger.record", place!.id, false, null],
      // A declared refusal is an answer.
      ["call", "stock", "stock.reserve", place!.id, false, "STOCK_OUT_OF_STOCK"],
    ],
  );
});

async function entries({ adminQuery }: TestApp): Promise<string[]> {
  return (await adminQuery<{ text: string }>`select text from ledger.entries order by id`).map(
    ({ text }) => text,
  );
}
