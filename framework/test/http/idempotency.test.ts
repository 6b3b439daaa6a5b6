import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { pino } from "pino";
import { type Edge, serve } from "../../src/http/index.ts";
import { KeySweep } from "../../src/http/key-sweep.ts";
import { createApp } from "../../src/module/index.ts";
import { type TestApp, testApp, waitForLockWait } from "../../src/testing/index.ts";
import { assertProblem } from "./problem-check.ts";
import { authenticate, Doings, sampleModule } from "./sample-app.ts";

const doings = new Doings();
const upload = { bytes: 0, chunks: 0 };
const modules = [sampleModule(doings, upload, new URL("migrations/", import.meta.url))];
let shop: TestApp;
let edge: Edge;

before(async () => {
  shop = await testApp({ modules, authenticate });
  edge = await serve(shop.app, { host: "127.0.0.1", port: 0 });
});
after(() => edge.stop());

let ran = 0;
beforeEach(async () => {
  ran = 0;
  await shop.adminQuery`with gone as (delete from sample.things) delete from sample._idempotency`;
  Object.assign(doings, new Doings());
  doings.putThing = async (input, { sql }) => {
    ran++;
    const { id, count, note } = input;
    await sql`insert into sample.things (id, count, note) values (${id}, ${count}, ${note})`;
    return input;
  };
});

const thing = { id: "a", count: 1, note: "ä" };

interface Sent {
  readonly body?: unknown;
  readonly token?: string;
  readonly url?: string;
}

function post(key: string | null, { body = thing, token, url = edge.url }: Sent = {}): Promise<Response> {
  return fetch(`${url}/v1/things`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: {
      "content-type": "application/json",
      ...(key === null ? {} : { "idempotency-key": key }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  });
}

async function things(): Promise<number> {
  const [row] = await shop.adminQuery<{ count: number }>`select count(*)::int as count from sample.things`;
  return row!.count;
}

async function keys(): Promise<number> {
  const [row] = await shop.adminQuery<{
    count: number;
  }>`select count(*)::int as count from sample._idempotency`;
  return row!.count;
}

/** What the answer is but for what belongs to this one request: its trace and its time. */
async function lasting(answer: Response) {
  const {
    "trace-id": _trace,
    date: _date,
    "idempotent-replayed": _replayed,
    ...headers
  } = Object.fromEntries(answer.headers);
  return { status: answer.status, headers, body: await answer.text() };
}

/** A use case that waits, transaction open, until it is let go. */
function held() {
  const inside = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const put = doings.putThing;
  doings.putThing = async (input, context) => {
    const output = await put(input, context);
    inside.resolve();
    await goOn.promise;
    return output;
  };
  return { inside: inside.promise, goOn: goOn.resolve };
}

describe("a request with an Idempotency-Key", () => {
  test("takes effect once, and its repetition gets the same answer to the byte", async () => {
    const first = await post("k1");
    const second = await post("k1");
    assert.equal(first.headers.get("idempotent-replayed"), null);
    assert.equal(second.headers.get("idempotent-replayed"), "true");
    assert.equal(second.headers.get("location"), "/v1/things/a");
    assert.deepEqual(await lasting(second), await lasting(first));
    assert.equal(ran, 1);
    assert.equal(await things(), 1);
  });

  test("is the same one however its JSON is written", async () => {
    await post("k1");
    const again = await post("k1", { body: '{ "note":"\\u00e4", "count":1.0,\n"id":"a" }' });
    assert.equal(again.headers.get("idempotent-replayed"), "true");
  });

  test("is refused when the key came with another request before", async () => {
    await post("k1");
    await assertProblem(await post("k1", { body: { ...thing, id: "b" } }), 422, "IDEMPOTENCY_KEY_REUSED");
    assert.equal(await things(), 1);
  });

  test("belongs to its sender: the key of another is another key", async () => {
    await post("k1", { token: "alice" });
    const other = await post("k1", { token: "olga", body: { ...thing, id: "b" } });
    assert.equal(other.status, 201);
    assert.equal(other.headers.get("idempotent-replayed"), null);
    assert.equal(await things(), 2);
  });

  test("of a stranger gives away nothing of another stranger's", async () => {
    await post("k1", { body: { ...thing, note: "private" } });
    const text = await (await post("k1", { body: { ...thing, note: "guess" } })).text();
    assert.doesNotMatch(text, /private/);
    assert.equal(JSON.parse(text).code, "IDEMPOTENCY_KEY_REUSED");
  });

  test("may be used again after the command failed, and after it refused", async () => {
    const put = doings.putThing;
    doings.putThing = async (input, context) => {
      await put(input, context);
      throw new Error("on purpose");
    };
    await assertProblem(await post("k1"), 500, "INTERNAL");
    doings.putThing = async (input, context) => {
      await put(input, context);
      return context.fail("TAKEN", { by: "bob" });
    };
    await assertProblem(await post("k1"), 409, "SAMPLE_TAKEN");
    assert.equal(await keys(), 0);
    doings.putThing = put;
    assert.equal((await post("k1")).status, 201);
    assert.equal(await things(), 1);
  });

  test("leaves neither effect nor key when its answer would break the contract", async () => {
    const put = doings.putThing;
    doings.putThing = async (input, context) => ({
      ...((await put(input, context)) as object),
      count: "many",
    });
    await assertProblem(await post("k1"), 500, "INTERNAL");
    assert.equal(await things(), 0);
    assert.equal(await keys(), 0);
  });

  test("waits for its twin that is still running, and gets the twin's answer", async () => {
    const { inside, goOn } = held();
    const first = post("k1");
    await inside;
    const second = post("k1");
    await waitForLockWait(shop);
    goOn();
    const answers = [await first, await second];
    assert.deepEqual(await lasting(answers[1]!), await lasting(answers[0]!));
    assert.equal(answers[1]!.headers.get("idempotent-replayed"), "true");
    assert.equal(ran, 1);
  });

  test("takes its turn when the twin that it waited for fails", async () => {
    const { inside, goOn } = held();
    const put = doings.putThing;
    doings.putThing = async (input, context) => {
      await put(input, context);
      throw new Error("on purpose");
    };
    const first = post("k1");
    await inside;
    doings.putThing = put;
    const second = post("k1");
    await waitForLockWait(shop);
    goOn();
    assert.equal((await first).status, 500);
    const answer = await second;
    assert.equal(answer.status, 201);
    assert.equal(answer.headers.get("idempotent-replayed"), null);
    assert.equal(await things(), 1);
  });

  test("is told so when its twin still runs at the deadline", async () => {
    // The twin came in through an instance that gives its requests more time.
    const hasty = await serve(shop.app, { host: "127.0.0.1", port: 0, requestTimeoutMs: 400 });
    const { inside, goOn } = held();
    const first = post("k1");
    await inside;
    const second = await post("k1", { url: hasty.url });
    assert.equal(second.headers.get("retry-after"), "1");
    await assertProblem(second, 409, "IDEMPOTENCY_KEY_IN_USE");
    goOn();
    assert.equal((await first).status, 201);
    assert.equal((await post("k1")).headers.get("idempotent-replayed"), "true");
    assert.equal(ran, 1);
    await hasty.stop();
  });

  test("is free again after the connection of its twin broke, as when the process died", async () => {
    const { inside, goOn } = held();
    const first = post("k1");
    await inside;
    await shop.adminQuery`
      select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and usename = ${shop.app.name} and state = 'idle in transaction'`;
    goOn();
    assert.ok((await first).status >= 500);
    doings.putThing = async (input) => input;
    assert.equal((await post("k1")).status, 201);
    assert.equal(await things(), 0);
  });

  test("has one effect when sixteen come at once", async () => {
    const answers = await Promise.all(Array.from({ length: 16 }, () => post("k1")));
    const bodies = new Set(await Promise.all(answers.map((answer) => answer.text())));
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array.from({ length: 16 }, () => 201),
    );
    assert.equal(bodies.size, 1);
    assert.equal(ran, 1);
  });

  for (const [what, key] of [
    ["empty", ""],
    ["with a space", "a b"],
    ["beyond ASCII", "\u00e4"],
    ["of 256 characters", "k".repeat(256)],
  ] as const) {
    test(`is refused when the key is ${what}`, async () => {
      await assertProblem(await post(key), 400, "IDEMPOTENCY_KEY_INVALID");
      assert.equal(ran, 0);
    });
  }

  test("may have a key of 255 characters, of any visible kind", async () => {
    const key = `!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~${"k".repeat(222)}`;
    assert.equal((await post(key)).status, 201);
    assert.equal((await post(key)).headers.get("idempotent-replayed"), "true");
  });
});

describe("a route", () => {
  const remove = (key: string | null, id = "a") =>
    fetch(`${edge.url}/v1/things/${id}`, {
      method: "DELETE",
      headers: { authorization: "Bearer olga", ...(key === null ? {} : { "idempotency-key": key }) },
    });

  test("that requires a key refuses a request without one, and repeats an answer without a body", async () => {
    await assertProblem(await remove(null), 400, "IDEMPOTENCY_KEY_MISSING");
    const first = await remove("k1");
    const second = await remove("k1");
    assert.equal(first.status, 204);
    assert.equal(second.headers.get("idempotent-replayed"), "true");
    assert.deepEqual(await lasting(second), await lasting(first));
  });

  test("ties the key to its path too", async () => {
    await remove("k1");
    await assertProblem(await remove("k1", "b"), 422, "IDEMPOTENCY_KEY_REUSED");
  });

  test("that honours no key ignores it", async () => {
    doings.putThing = async (input) => {
      ran++;
      return input;
    };
    for (const count of [1, 2]) {
      const answer = await fetch(`${edge.url}/v1/things/a`, {
        method: "PUT",
        body: JSON.stringify({ count, note: null }),
        headers: {
          "content-type": "application/json",
          authorization: "Bearer alice",
          "idempotency-key": "k1",
        },
      });
      assert.equal(answer.status, 200);
    }
    assert.equal(ran, 2);
  });

  test("without a key runs its command each time", async () => {
    assert.equal((await post(null)).status, 201);
    await assertProblem(await post(null), 500, "INTERNAL");
    assert.equal(ran, 2);
  });
});

describe("the sweep", () => {
  const age = (hours: number, many: number) => shop.adminQuery`
    insert into sample._idempotency (actor, operation, key, fingerprint, created_at)
    select 'anonymous', 'sample.putThing', ${`${hours}h `} || n, ''::bytea, now() - make_interval(hours => ${hours})
      from generate_series(1, ${many}) as n`;

  test("deletes all keys that are older than a day, and only those", async () => {
    await age(25, 2_500);
    await age(23, 10);
    assert.equal(await new KeySweep(shop.app).sweep(), 2_500);
    assert.equal(await keys(), 10);
  });

  test("shared by two instances deletes each key once", async () => {
    await age(25, 3_000);
    const swept = await Promise.all([new KeySweep(shop.app).sweep(), new KeySweep(shop.app).sweep()]);
    assert.equal(swept[0]! + swept[1]!, 3_000);
    assert.equal(await keys(), 0);
  });

  test("logs what it could not do and goes on", async () => {
    const logged: string[] = [];
    const stopped = createApp({
      name: "sample_app",
      modules,
      authenticate,
      log: pino({}, { write: (line: string) => logged.push(line) }),
    });
    assert.equal(await new KeySweep(stopped).sweep(), 0);
    assert.match(logged.join(), /idempotency keys not swept/);
  });
});

test("an edge on a database that answers is ready", async () => {
  const answer = await fetch(`${edge.url}/health/ready`);
  assert.equal(answer.status, 200);
  assert.deepEqual(await answer.json(), {
    status: "ready",
    checks: { edge: "serving", database: "ok" },
  });
});
