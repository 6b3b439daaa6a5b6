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
  const good = { failed: false, error: null };
  const common = [
    { what: "call press press.write", under: null, ...good },
    { what: "job press press.print", under: null, ...good },
    { what: "statement press insert press.articles", under: "press.print", ...good },
  ];
  const ordered = (trace: string) => shape(spansOf(shop, trace)).sort((a, b) => (a.what < b.what ? -1 : 1));
  const delivery = { what: "delivery archive archive.on.copy", under: null };
  assert.deepEqual(ordered(traceId(1)), [common[0], { ...delivery, ...good }, common[1], common[2]]);
  assert.deepEqual(ordered(traceId(2)), [
    common[0],
    { ...delivery, failed: true, error: "TypeError" },
    common[1],
    common[2],
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
