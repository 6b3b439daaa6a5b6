import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import type { EdgeOptions } from "../../src/http/index.ts";
import { RunError } from "../../src/module/index.ts";
import { DatabaseError } from "../../src/postgres/index.ts";
import { assertProblem } from "./problem-check.ts";
import { authenticate, type Sample, startSample } from "./sample-app.ts";

let sample: Sample;
afterEach(() => sample.stop());

async function answerTo(error: unknown, options: Partial<EdgeOptions> = {}): Promise<Response> {
  sample = await startSample(options);
  sample.doings.findThing = () => {
    throw error;
  };
  return fetch(`${sample.url}/v1/things/a`);
}

describe("failures", () => {
  for (const [what, error] of [
    ["an error", new Error("select * from secrets failed")],
    ["an error with a status of its own", Object.assign(new Error("x"), { statusCode: 404, code: "FST_X" })],
    ["a thrown text", "select password"],
    ["nothing at all", undefined],
    [
      "a refused statement",
      new DatabaseError("ASHLAR_WALL", "role shop_catalog_app was refused", { cause: new Error("select 1") }),
    ],
    [
      "a broken constraint",
      new DatabaseError("ASHLAR_CHECK_VIOLATION", "x", { constraint: "secret", table: "t" }),
    ],
    ["a mistake in the calls", new RunError("ASHLAR_COMMAND_IN_QUERY", "a.b", "a.b changes state")],
  ] as const) {
    test(`${what} is answered without a word of it, and logged under the trace that the client gets`, async () => {
      const problem = await assertProblem(await answerTo(error), 500, "INTERNAL");
      assert.deepEqual(Object.keys(problem), ["type", "title", "status", "code", "trace"]);
      const logged = sample.logged.find(({ level }) => level === 50);
      assert.equal(logged?.trace, problem.trace);
      assert.equal(logged?.route, "/v1/things/{id}");
    });
  }

  for (const [code, expected] of [
    ["ASHLAR_POOL_EXHAUSTED", "OVERLOADED"],
    ["ASHLAR_TOO_MANY_CONNECTIONS", "OVERLOADED"],
    ["ASHLAR_DATABASE_UNAVAILABLE", "DATABASE_UNAVAILABLE"],
    ["ASHLAR_READ_ONLY", "DATABASE_UNAVAILABLE"],
    ["ASHLAR_POOL_STOPPED", "NOT_READY"],
    ["ASHLAR_DEADLOCK", "TRY_AGAIN"],
    ["ASHLAR_SERIALIZATION_FAILURE", "TRY_AGAIN"],
    ["ASHLAR_LOCK_TIMEOUT", "TRY_AGAIN"],
    ["ASHLAR_STATEMENT_TIMEOUT", "REQUEST_TIMEOUT"],
    ["ASHLAR_DEADLINE_EXCEEDED", "REQUEST_TIMEOUT"],
    ["ASHLAR_COMMIT_OUTCOME_UNKNOWN", "OUTCOME_UNKNOWN"],
  ] as const) {
    test(`${code} is answered with ${expected}, to be tried again`, async () => {
      const answer = await answerTo(new DatabaseError(code, "insert into secrets"));
      assert.equal(answer.headers.get("retry-after"), "1");
      await assertProblem(answer, 503, expected);
    });
  }

  test("a failure while the token is looked up is no refusal of the token", async () => {
    sample = await startSample(
      {},
      {
        authenticate: async (token) => {
          if (token === "broken") throw new DatabaseError("ASHLAR_DATABASE_UNAVAILABLE", "x");
          return authenticate(token);
        },
      },
    );
    const answer = await fetch(`${sample.url}/v1/me`, { headers: { authorization: "Bearer broken" } });
    await assertProblem(answer, 503, "DATABASE_UNAVAILABLE");
  });
});

describe("time", () => {
  test("an operation that runs past its deadline is answered for", async () => {
    sample = await startSample({ requestTimeoutMs: 100, stopTimeoutMs: 50 });
    const started = Date.now();
    let deadline = 0;
    sample.doings.findThing = (_input, context) => {
      deadline = context.deadline;
      return new Promise(() => {});
    };
    await assertProblem(await fetch(`${sample.url}/v1/things/a`), 503, "REQUEST_TIMEOUT");
    assert.ok(deadline >= started + 100 && deadline < started + 1_000, "the use case was told its deadline");
  });

  test("what an operation does after it was answered for is dropped", async () => {
    sample = await startSample({ requestTimeoutMs: 50 });
    const goOn = Promise.withResolvers<void>();
    sample.doings.findThing = async ({ limit }) => {
      await goOn.promise;
      return { kind: "none", limit };
    };
    await assertProblem(await fetch(`${sample.url}/v1/things/a`), 503, "REQUEST_TIMEOUT");
    goOn.resolve();
    assert.equal((await fetch(`${sample.url}/health/live`)).status, 200);
  });
});

describe("health", () => {
  test("the process lives while its database cannot be reached, but is not ready, and says why", async () => {
    sample = await startSample();
    const live = await fetch(`${sample.url}/health/live`);
    assert.equal(live.status, 200);
    assert.deepEqual(await live.json(), { status: "live" });
    const [one, other] = await Promise.all([
      fetch(`${sample.url}/health/ready`),
      fetch(`${sample.url}/health/ready`),
    ]);
    const problem = await assertProblem(one, 503, "NOT_READY");
    assert.deepEqual(problem.data, { checks: { edge: "serving", database: "failed" } });
    await assertProblem(other, 503, "NOT_READY");
  });
});
