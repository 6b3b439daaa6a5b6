import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, test } from "node:test";
import { isError } from "../../src/contract/index.ts";
import { type Actor, type Answer, system } from "../../src/module/index.ts";
import { type TestApp, waitForLockWait } from "../../src/testing/index.ts";
import { inOrders, lab, orders } from "./lab.ts";

let shop: TestApp;
/** What the use case does after its insert, while its transaction is open. */
let beforeEnd: (text: string) => Promise<void>;
let runs = 0;

before(async () => {
  shop = await lab([
    inOrders.handle(orders.place, async ({ text }, { db, fail }) => {
      runs++;
      await db.insertInto("lines").values({ text }).execute();
      if (text === "sold out") fail("SOLD_OUT");
      if (text === "refused") fail("REFUSED");
      await beforeEnd(text);
      return { id: `order ${runs}` };
    }),
  ]);
});

interface Request {
  readonly text?: string;
  readonly key: string;
  readonly actor?: Actor;
  readonly fingerprint?: string;
  readonly deadline?: number;
}

function place(request: Request): Promise<{ answer: Answer; replayed: boolean }> {
  const { key, text = key, actor = system("test"), fingerprint = text, deadline } = request;
  return shop.app.executeOnce(
    orders.place,
    { text },
    {
      actor,
      ...(deadline === undefined ? {} : { deadline }),
      idempotency: { key, fingerprint: createHash("sha256").update(fingerprint).digest() },
      answer: ({ id }) => ({ status: 201, body: JSON.stringify({ id }), headers: { location: `/${id}` } }),
    },
  );
}

/** Starts a request and returns once its use case has written, with the means to let it end. */
async function hold(request: Request) {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  beforeEnd = (text) => {
    if (text !== (request.text ?? request.key)) return Promise.resolve();
    reached.resolve();
    return released.promise;
  };
  const result = place(request);
  await Promise.race([reached.promise, result]);
  return { result, release: released.resolve, breakOff: released.reject };
}

async function ordersOf(text: string): Promise<number> {
  const [row] = await shop.adminQuery<{ count: number }>`
    select count(*) as count from orders.lines where text = ${text}`;
  return row!.count;
}

test("the same key gives the first answer and runs nothing", async () => {
  beforeEnd = async () => {};
  const first = await place({ key: "once" });
  const ran = runs;
  const second = await place({ key: "once" });
  assert.equal(first.replayed, false);
  assert.match(first.answer.body!, /^\{"id":"order \d+"\}$/);
  assert.deepEqual(second, { answer: first.answer, replayed: true });
  assert.equal(runs, ran);
  assert.equal(await ordersOf("once"), 1);
});

test("the same key with another request is refused", async () => {
  beforeEnd = async () => {};
  await place({ key: "reused", text: "first" });
  await assert.rejects(place({ key: "reused", text: "second" }), {
    name: "RunError",
    code: "ASHLAR_IDEMPOTENCY_KEY_REUSED",
    operation: "orders.place",
    message: /Send a new key/,
  });
  assert.equal(await ordersOf("second"), 0);
});

test("the key of one actor is none of another's", async () => {
  beforeEnd = async () => {};
  const one = await place({ key: "mine", actor: system("one") });
  const two = await place({ key: "mine", actor: system("two") });
  assert.deepEqual([one.replayed, two.replayed], [false, false]);
  assert.equal(await ordersOf("mine"), 2);
});

test("a twin that arrives while the first is running waits for it and gives its answer", async () => {
  const first = await hold({ key: "twin" });
  const second = place({ key: "twin" });
  await waitForLockWait(shop);
  first.release();
  const [{ answer }, repeated] = await Promise.all([first.result, second]);
  assert.deepEqual(repeated, { answer, replayed: true });
  assert.equal(await ordersOf("twin"), 1);
});

test("a twin whose first fails takes its turn", async () => {
  const first = await hold({ key: "heir" });
  const second = place({ key: "heir" });
  await waitForLockWait(shop);
  beforeEnd = async () => {};
  first.breakOff(new Error("broken off"));
  await assert.rejects(first.result, /broken off/);
  assert.equal((await second).replayed, false);
  assert.equal(await ordersOf("heir"), 1);
});

test("a twin waits no longer than its deadline", async () => {
  const first = await hold({ key: "patience" });
  const startedAt = Date.now();
  const deadline = startedAt + 300;
  await assert.rejects(place({ key: "patience", deadline }), {
    name: "RunError",
    code: "ASHLAR_IDEMPOTENCY_KEY_IN_USE",
    operation: "orders.place",
    message: /"patience" is still running\. Try again with the same key/,
  });
  const waitedMs = Date.now() - startedAt;
  assert.ok(waitedMs >= 150 && waitedMs < 2_000, `waited ${waitedMs} ms`);
  first.release();
  await first.result;
  assert.equal((await place({ key: "patience" })).replayed, true);
});

test("a failed command leaves its key free", async () => {
  beforeEnd = async () => {
    throw new Error("broken");
  };
  await assert.rejects(place({ key: "free" }), /broken/);
  beforeEnd = async () => {};
  assert.equal((await place({ key: "free" })).replayed, false);
  for (const attempt of [1, 2]) {
    await assert.rejects(
      place({ key: "declared", text: "sold out" }),
      (error: unknown) => isError(error, orders.place, "SOLD_OUT"),
      `attempt ${attempt}`,
    );
  }
  assert.equal(await ordersOf("sold out"), 0);
});

test("an error that commits its writes does not commit a key without an answer", async () => {
  for (const attempt of [1, 2]) {
    await assert.rejects(
      place({ key: "commits", text: "refused" }),
      (error: unknown) => isError(error, orders.place, "REFUSED"),
      `attempt ${attempt}`,
    );
  }
  assert.equal(await ordersOf("refused"), 2);
});

test("key, answer and what the command wrote are committed together", async () => {
  const first = await hold({ key: "atomic" });
  const stored = () => shop.adminQuery`
    select status, body, headers from orders._idempotency where key = 'atomic'`;
  assert.deepEqual([await ordersOf("atomic"), (await stored()).length], [0, 0]);
  first.release();
  const { answer } = await first.result;
  assert.deepEqual([await ordersOf("atomic"), await stored()], [1, [answer]]);
});
