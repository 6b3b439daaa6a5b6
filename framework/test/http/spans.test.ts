import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { DatabaseError } from "../../src/postgres/index.ts";
import type { Span } from "../../src/telemetry/index.ts";
import { eventually } from "../../src/testing/index.ts";
import { Doings, type Sample, startSample } from "./sample-app.ts";

const THING = "/v1/things/a";
let served: Sample;
let traces = 0;

before(async () => {
  served = await startSample();
});
after(() => served.stop());
beforeEach(() => Object.assign(served.doings, new Doings()));

const PARENT = "00f067aa0ba902b7";

/** Sends a request in a trace of its own and gives its spans once that of the request has ended. */
async function spansOf(path: string, options: RequestInit = {}): Promise<{ spans: Span[]; status: number }> {
  const traceId = (++traces).toString(16).padStart(32, "0");
  const headers = {
    traceparent: `00-${traceId}-${PARENT}-01`,
    ...(options.headers as Record<string, string>),
  };
  const answer = await fetch(served.url + path, { ...options, headers });
  await answer.arrayBuffer();
  const spans = () => [...served.app.telemetry.spans.ended()].filter((span) => span.traceId === traceId);
  await eventually("the request's span has ended", async () =>
    spans().some(({ kind }) => kind === "request"),
  );
  return { spans: spans(), status: answer.status };
}

const told = ({ name, module, failed, error }: Span) => ({ name, module, failed, error });

describe("the span of a request", () => {
  test("is the root, called by method and declared route, with what it did below it", async () => {
    const { spans } = await spansOf(`${THING}?limit=3`);
    assert.deepEqual(
      spans.map(({ kind, name, module, parent, remoteParent }) => ({
        kind,
        name,
        module,
        parent,
        remoteParent,
      })),
      [
        { kind: "request", name: "GET /v1/things/{id}", module: "sample", parent: 0, remoteParent: PARENT },
        { kind: "call", name: "sample.findThing", module: "sample", parent: spans[0]!.id, remoteParent: "" },
      ],
    );
    assert.deepEqual(told(spans[0]!), {
      name: "GET /v1/things/{id}",
      module: "sample",
      failed: false,
      error: null,
    });
    assert.ok(spans[0]!.durationMs >= spans[1]!.durationMs);
  });

  test("tells of a declared refusal, which is no failure", async () => {
    served.doings.findThing = (_, { fail }) => fail("NOT_FOUND");
    const { spans, status } = await spansOf(THING);
    assert.equal(status, 404);
    for (const span of spans) {
      assert.deepEqual([span.failed, span.error], [false, "SAMPLE_NOT_FOUND"], span.name);
    }
    assert.equal(spans.length, 2);
  });

  test("tells of a refusal of the edge", async () => {
    const { spans, status } = await spansOf(`${THING}?limit=many`);
    assert.equal(status, 400);
    assert.deepEqual([spans.length, spans[0]!.failed, spans[0]!.error], [1, false, "REQUEST_INVALID"]);
  });

  test("tells of a failure by the problem that the client saw", async () => {
    served.doings.findThing = () => {
      throw new TypeError("select secret from vault");
    };
    const { spans } = await spansOf(THING);
    assert.deepEqual(
      spans.map(({ failed, error }) => [failed, error]),
      [
        [true, "INTERNAL"],
        [true, "TypeError"],
      ],
    );
    served.doings.findThing = () => {
      throw new DatabaseError("ASHLAR_POOL_EXHAUSTED", "no connection");
    };
    const { spans: overloaded } = await spansOf(THING);
    assert.deepEqual(
      overloaded.map(({ failed, error }) => [failed, error]),
      [
        [true, "OVERLOADED"],
        [true, "ASHLAR_POOL_EXHAUSTED"],
      ],
    );
  });

  test("is never called by the path as sent", async () => {
    const { spans, status } = await spansOf("/v1/secret-4242");
    assert.equal(status, 404);
    assert.deepEqual(spans.map(told), [
      { name: "no route", module: "", failed: false, error: "ROUTE_NOT_FOUND" },
    ]);
  });

  test("covers an upload and each of its operations", async () => {
    const { spans, status } = await spansOf("/v1/things/import", {
      method: "POST",
      headers: { "content-type": "text/csv", authorization: "Bearer olga" },
      body: "a\nb\n",
    });
    assert.equal(status, 200);
    const [root, ...calls] = spans;
    assert.equal(root!.name, "POST /v1/things/import");
    assert.ok(calls.length > 0);
    assert.ok(calls.every(({ name, parent }) => name === "sample.countLines" && parent === root!.id));
  });

  test("of a client that goes away says so, and is no failure", async () => {
    const gone = new AbortController();
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    served.doings.findThing = async ({ limit }) => {
      gone.abort();
      await mayEnd;
      return { kind: "none", limit };
    };
    const traceId = (++traces).toString(16).padStart(32, "0");
    const headers = { traceparent: `00-${traceId}-${PARENT}-01` };
    await assert.rejects(fetch(served.url + THING, { headers, signal: gone.signal }));
    const root = () =>
      [...served.app.telemetry.spans.ended()].find(
        (span) => span.traceId === traceId && span.kind === "request",
      );
    await eventually("the request's span has ended", async () => root() !== undefined);
    assert.deepEqual([root()!.failed, root()!.error], [false, "CLIENT_GONE"]);
    end();
  });
});

test("what a load balancer asks for every few seconds leaves no span", async () => {
  const count = () =>
    [...served.app.telemetry.spans.ended()].filter(({ name }) => name.includes("health")).length;
  await (await fetch(`${served.url}/health/live`)).arrayBuffer();
  await spansOf(THING);
  assert.equal(count(), 0);
});
