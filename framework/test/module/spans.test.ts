import assert from "node:assert/strict";
import { test } from "node:test";
import { currentTraceparent } from "../../src/module/index.ts";
import type { Span } from "../../src/telemetry/index.ts";
import { type TestApp, testApp } from "../../src/testing/index.ts";
import { inOrders, inStock, lab, orders, stock } from "./lab.ts";
import { inArchive, inPress, press, pressWith, print } from "./press.ts";

const traceId = (last: number) => last.toString(16).padStart(32, "0");

const spansOf = ({ app }: TestApp, trace: string): Span[] =>
  [...app.telemetry.spans.ended()].filter((span) => span.traceId === trace);

const shape = (spans: readonly Span[]) =>
  spans.map(({ kind, module, name, parent, failed, error }) => ({
    what: `${kind} ${module} ${name}`,
    under: spans.find(({ id }) => id === parent)?.name ?? null,
    failed,
    error,
  }));

test("each statement is a span of the run that sent it, under the module's name", async () => {
  const shop = await lab([
    inOrders.handle(orders.place, async ({ text }, { call, db, sql }) => {
      await db.insertInto("lines").values({ text }).execute();
      await call(stock).find({ sku: "bolt" });
      await sql`select nothing from orders.lines`.catch(() => {});
      return { id: "1" };
    }),
    inStock.handle(stock.find, async (_, { sql }) => {
      await sql`select sku from stock.items`;
      return { quantity: 1 };
    }),
  ]);
  await assert.rejects(shop.app.execute(orders.place, { text: "a" }, { traceId: traceId(1) }));
  const good = { failed: false, error: null };
  const spans = shape(spansOf(shop, traceId(1)));
  assert.deepEqual(spans.slice(1), [
    { what: "statement orders insert orders.lines", under: "orders.place", ...good },
    { what: "call stock stock.find", under: "orders.place", ...good },
    { what: "statement stock select stock.items", under: "stock.find", ...good },
    {
      what: "statement orders select orders.lines",
      under: "orders.place",
      failed: true,
      error: "ASHLAR_SQL_FAILED",
    },
    {
      what: "statement orders commit",
      under: "orders.place",
      failed: true,
      error: "ASHLAR_TRANSACTION_ABORTED",
    },
  ]);
  assert.equal(spans[0]!.what, "call orders orders.place");
  assert.equal(spans[0]!.failed, true);
  assert.match(spans[0]!.error!, /^ASHLAR_/);
});

test("an error without a code is told of by its class, never by its message", async () => {
  const shop = await lab([
    inOrders.handle(orders.list, async () => {
      throw new RangeError("card 4242424242424242");
    }),
  ]);
  await assert.rejects(shop.app.execute(orders.list, {}, { traceId: traceId(2) }));
  assert.equal(spansOf(shop, traceId(2))[0]!.error, "RangeError");
});

test("a job's span has the trace of the command that enqueued it, a delivery's that of the publisher", async () => {
  const shop = await testApp({
    modules: pressWith({
      handlers: [
        inPress.handle(press.write, async ({ title }, { enqueue, publish }) => {
          await enqueue(print, { title });
          await publish(press.written, { title, words: 1 });
          return {};
        }),
      ],
      jobs: [
        inPress.perform(print, async ({ title }, { sql }) => {
          await sql`insert into press.articles (title) values (${title})`;
        }),
      ],
      on: [
        inArchive.on(press.written, { name: "copy" }, async ({ payload }) => {
          if (payload.title === "unfit") throw new TypeError("unfit");
        }),
      ],
    }),
    adapters: { press: { printer: { print: async () => {} } } },
  });
  await shop.app.execute(press.write, { title: "fit" }, { traceId: traceId(1) });
  await shop.app.execute(press.write, { title: "unfit" }, { traceId: traceId(2) });
  await shop.app.drainJobs();
  const ordered = (trace: string) =>
    shape(spansOf(shop, trace))
      .map(({ what, under, error }) => `${under ?? ""} > ${what}${error === null ? "" : ` ${error}`}`)
      .sort();
  const ofPress = [
    " > call press press.write",
    " > job press press.print",
    "press.print > statement press commit",
    "press.print > statement press complete job",
    "press.print > statement press insert press.articles",
    "press.write > statement press commit",
    "press.write > statement press enqueue press.print",
    "press.write > statement press publish press.written",
  ];
  assert.deepEqual(
    ordered(traceId(1)),
    [
      " > delivery archive archive.on.copy",
      "archive.on.copy > statement archive commit",
      "archive.on.copy > statement archive complete job",
      "archive.on.copy > statement archive inbox",
      ...ofPress,
    ].sort(),
  );
  assert.deepEqual(
    ordered(traceId(2)),
    [
      " > delivery archive archive.on.copy TypeError",
      "archive.on.copy > statement archive inbox",
      ...ofPress,
    ].sort(),
  );
  // The job knows the span that enqueued it and its own id; nobody but the trace joins a delivery to its publisher.
  const [wrote, printed, copied] = ["press.write", "press.print", "archive.on.copy"].map(
    (name) => spansOf(shop, traceId(1)).find((span) => span.name === name)!,
  );
  assert.equal(printed!.remoteParent, shop.app.telemetry.spans.wireId(wrote!.id));
  assert.match(printed!.job, /^press:\d+$/);
  assert.equal(copied!.remoteParent, "");
  assert.match(copied!.job, /^archive:\d+$/);
  assert.equal(wrote!.job, "");
});

test("what keeps a command from running twice is told of among its statements, and so is its commit", async () => {
  const shop = await lab([inOrders.handle(orders.place, async () => ({ id: "1" }))]);
  const once = (trace: string) =>
    shop.app.executeOnce(
      orders.place,
      { text: "a" },
      {
        traceId: trace,
        idempotency: { key: "k", fingerprint: Buffer.from("f") },
        answer: () => ({ status: 201, body: null, headers: {} }),
      },
    );
  await once(traceId(3));
  await once(traceId(4));
  const namesOf = (trace: string) => spansOf(shop, trace).map(({ name }) => name);
  assert.deepEqual(namesOf(traceId(3)), [
    "orders.place",
    "idempotency claim",
    "idempotency answer",
    "commit",
  ]);
  assert.deepEqual(namesOf(traceId(4)), ["orders.place", "idempotency claim", "idempotency find"]);
});

test("a command that sends nothing commits nothing", async () => {
  const shop = await lab([inOrders.handle(orders.place, async () => ({ id: "1" }))]);
  await shop.app.execute(orders.place, { text: "a" }, { traceId: traceId(5) });
  assert.deepEqual(
    spansOf(shop, traceId(5)).map(({ name }) => name),
    ["orders.place"],
  );
});

test("a commit that a refusal asks for lies within the command, whose outcome is the refusal", async () => {
  const shop = await lab([
    inStock.handle(stock.reserve, async ({ sku }, { fail, sql }) => {
      await sql`insert into stock.items (sku, quantity) values (${sku}, 1)`;
      return fail("SUSPICIOUS");
    }),
  ]);
  await assert.rejects(
    shop.app.execute(stock.reserve, { sku: "odd", quantity: 1 }, { traceId: traceId(6) }),
    { code: "STOCK_SUSPICIOUS" },
  );
  assert.deepEqual(shape(spansOf(shop, traceId(6))), [
    { what: "call stock stock.reserve", under: null, failed: false, error: "STOCK_SUSPICIOUS" },
    { what: "statement stock insert stock.items", under: "stock.reserve", failed: false, error: null },
    { what: "statement stock commit", under: "stock.reserve", failed: false, error: null },
  ]);
});

test("a run, and the adapter that it calls, can let another service continue the trace", async () => {
  const sent: (string | undefined)[] = [];
  const shop = await lab([
    inOrders.handle(orders.list, async (_, { call, traceparent }) => {
      sent.push(traceparent, currentTraceparent());
      await call(stock).find({ sku: "bolt" });
      return { lines: [] };
    }),
    inStock.handle(stock.find, async () => {
      sent.push(currentTraceparent());
      return { quantity: 1 };
    }),
  ]);
  await shop.app.execute(orders.list, {}, { traceId: traceId(7) });
  const [list, find] = spansOf(shop, traceId(7)).map(
    ({ id }) => `00-${traceId(7)}-${shop.app.telemetry.spans.wireId(id)}-01`,
  );
  assert.deepEqual(sent, [list, list, find]);
  assert.notEqual(list, find);
  assert.match(list!, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  assert.equal(currentTraceparent(), undefined);
});
