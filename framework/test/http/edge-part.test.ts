import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { EdgePart, PartTools } from "../../src/http/index.ts";
import { Refusal } from "../../src/http/index.ts";
import { eventually } from "../../src/testing/index.ts";
import { assertProblem } from "./problem-check.ts";
import { type Sample, startSample } from "./sample-app.ts";

const POLICY = "default-src 'self'";
let tools: PartTools;
let isClosed = false;
const open = new Set<{ end(): void }>();

const part: EdgePart = {
  routes(given) {
    tools = given;
    return [
      {
        method: "GET",
        path: "/part/page",
        isQuiet: true,
        answer: async (exchange) =>
          exchange.answer(200, "<p>page", "text/html; charset=utf-8", {
            "content-security-policy": POLICY,
            "cache-control": "public, max-age=60",
          }),
      },
      {
        method: "POST",
        path: "/part/echo/{name}",
        answer: async (exchange, params) => {
          const body = await tools.readJson(exchange);
          exchange.answer(200, JSON.stringify({ params, body: body ?? null }), "application/json");
        },
      },
      {
        method: "GET",
        path: "/part/refused",
        answer: async () => {
          throw new Refusal("FORBIDDEN", { detail: "Not today." });
        },
      },
      {
        method: "GET",
        path: "/part/stream",
        isStream: true,
        answer: async (exchange) => {
          const outgoing = exchange.stream("text/event-stream");
          if (outgoing === null) return;
          open.add(outgoing);
          outgoing.once("close", () => open.delete(outgoing));
          outgoing.write("data: one\n\n");
        },
      },
    ];
  },
  close() {
    isClosed = true;
    for (const outgoing of open) outgoing.end();
  },
};

describe("a part of the edge", () => {
  let sample: Sample;
  before(async () => {
    sample = await startSample({ parts: [part], requestTimeoutMs: 200, maxBodyBytes: 1_000 });
  });
  after(() => sample.stop());

  test("has headers of its own in place of the edge's, each once", async () => {
    const answer = await fetch(`${sample.url}/part/page`);
    // Two policies would both apply, and fetch joins them.
    assert.equal(answer.headers.get("content-security-policy"), POLICY);
    assert.equal(answer.headers.get("cache-control"), "public, max-age=60");
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    assert.match(answer.headers.get("trace-id")!, /^[0-9a-f]{32}$/);
    assert.equal(await answer.text(), "<p>page");
    const head = await fetch(`${sample.url}/part/page`, { method: "HEAD" });
    assert.deepEqual([head.status, await head.text()], [200, ""]);
  });

  test("reads bodies under the limits of the edge", async () => {
    const post = (body: string, type = "application/json") =>
      fetch(`${sample.url}/part/echo/a%2Fb`, { method: "POST", body, headers: { "content-type": type } });
    assert.deepEqual(await (await post('{"a":1}')).json(), { params: { name: "a/b" }, body: { a: 1 } });
    const none = await fetch(`${sample.url}/part/echo/x`, { method: "POST" });
    assert.deepEqual(await none.json(), { params: { name: "x" }, body: null });
    await assertProblem(await post(JSON.stringify("x".repeat(2_000))), 413, "BODY_TOO_LARGE");
    await assertProblem(await post("{"), 400, "JSON_MALFORMED");
    await assertProblem(await post('{"__proto__":1}'), 400, "JSON_MALFORMED");
    await assertProblem(await post("a", "text/plain"), 415, "MEDIA_TYPE_UNSUPPORTED");
  });

  test("is refused by the edge where it refuses, and where it has nothing", async () => {
    await assertProblem(await fetch(`${sample.url}/part/refused`), 403, "FORBIDDEN");
    await assertProblem(await fetch(`${sample.url}/part/nothing`), 404, "ROUTE_NOT_FOUND");
    const posted = await fetch(`${sample.url}/part/page`, { method: "POST" });
    await assertProblem(posted, 405, "METHOD_NOT_ALLOWED");
  });

  test("is a span and a line of the log, unless it is quiet", async () => {
    sample.logged.length = 0;
    await fetch(`${sample.url}/part/refused`);
    await fetch(`${sample.url}/part/page`);
    const level = (route: string) => sample.logged.find((line) => line.route === route)?.level;
    await eventually("both are logged", () => level("/part/refused") && level("/part/page"));
    assert.deepEqual([level("/part/refused"), level("/part/page")], [30, 20]);
  });

  test("streams for longer than a request may take, and ends when the edge stops", async () => {
    const own = await startSample({ parts: [part], requestTimeoutMs: 100 });
    const answer = await fetch(`${own.url}/part/stream`);
    assert.equal(answer.headers.get("content-type"), "text/event-stream");
    assert.equal(answer.headers.get("cache-control"), "no-store");
    const reader = answer.body!.getReader();
    const first = await reader.read();
    assert.equal(new TextDecoder().decode(first.value), "data: one\n\n");
    // A request that came later is given up; the stream is not.
    const held = Promise.withResolvers<void>();
    own.doings.findThing = async ({ limit }) => {
      await held.promise;
      return { kind: "none", limit };
    };
    assert.equal((await fetch(`${own.url}/v1/things/a`)).status, 503);
    held.resolve();
    assert.equal(open.size, 1, "still open");
    isClosed = false;
    const stopped = own.edge.stop();
    assert.ok(isClosed);
    assert.equal((await reader.read()).done, true);
    await stopped;
    await own.stop();
  });

  test("has its paths for itself", async () => {
    const path = "/v1/things/{id}";
    const greedy: EdgePart = { routes: () => [{ method: "GET", path, answer: async () => {} }] };
    await assert.rejects(startSample({ parts: [greedy] }), { code: "ASHLAR_ROUTE_RESERVED" });
  });
});
