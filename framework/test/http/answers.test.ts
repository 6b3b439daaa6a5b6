import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { eventually } from "../../src/testing/index.ts";
import { assertProblem } from "./problem-check.ts";
import { RawClient } from "./raw-client.ts";
import { Doings, type Sample, startSample } from "./sample-app.ts";

let sample: Sample;
before(async () => {
  sample = await startSample();
});
after(() => sample.stop());
beforeEach(() => {
  Object.assign(sample.doings, new Doings());
  sample.logged.length = 0;
});

const JSON_HEADERS = { "content-type": "application/json" };

describe("answers", () => {
  test("the output of the operation is the body", async () => {
    const answer = await fetch(`${sample.url}/v1/things/a?limit=5&verbose=true`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), "application/json; charset=utf-8");
    assert.deepEqual(await answer.json(), { kind: "none", limit: 5 });
  });

  test("the route says status and headers of success", async () => {
    const body = JSON.stringify({ id: "a", count: 1, note: "ä😀", tags: ["x"] });
    const answer = await fetch(`${sample.url}/v1/things`, { method: "POST", body, headers: JSON_HEADERS });
    assert.equal(answer.status, 201);
    assert.equal(answer.headers.get("location"), "/v1/things/a");
    assert.equal(await answer.text(), body);
  });

  test("each alternative of a union, an absent optional and null keep their form", async () => {
    for (const output of [
      { id: "a", count: 0, note: null },
      { id: "a", count: 0, note: "", tags: [] },
      { kind: "none", limit: 1 },
    ]) {
      sample.doings.findThing = () => output;
      assert.deepEqual(await (await fetch(`${sample.url}/v1/things/a`)).json(), output);
    }
  });

  test("what the contract does not list does not get out", async () => {
    sample.doings.findThing = () => ({ id: "a", count: 1, note: null, password_hash: "x" });
    const answer = await fetch(`${sample.url}/v1/things/a`);
    assert.deepEqual(await answer.json(), { id: "a", count: 1, note: null });
  });

  test("an output that lacks what the contract promises is a failure, and logged with its path", async () => {
    sample.doings.findThing = () => ({ id: "a", count: "many", note: null });
    const problem = await assertProblem(await fetch(`${sample.url}/v1/things/a`), 500, "INTERNAL");
    const logged = sample.logged.find(({ msg }) => msg === "request failed");
    assert.equal(logged?.trace, problem.trace);
    assert.match(JSON.stringify(logged?.err), /ASHLAR_OUTPUT_INVALID.*findThing/);
  });

  test("HEAD is answered like GET, without the body", async () => {
    const get = await fetch(`${sample.url}/v1/things/a`);
    const head = await fetch(`${sample.url}/v1/things/a`, { method: "HEAD" });
    assert.equal(head.status, 200);
    assert.equal(head.headers.get("content-length"), get.headers.get("content-length"));
    assert.equal(await head.text(), "");
    const unknown = await fetch(`${sample.url}/nowhere`, { method: "HEAD" });
    assert.equal(unknown.status, 404);
    assert.equal(await unknown.text(), "");
  });

  test("every answer carries the security headers and is not cached", async () => {
    const requests: [path: string, init?: RequestInit][] = [
      ["/v1/things/a"],
      ["/v1/me"],
      ["/nowhere"],
      ["/v1/things/%zz"],
      ["/health/live"],
      ["/v1/things", { method: "POST", body: "{" }],
    ];
    for (const [path, init] of requests) {
      const { headers } = await fetch(sample.url + path, init);
      assert.equal(
        headers.get("content-security-policy"),
        "default-src 'none'; frame-ancestors 'none'",
        path,
      );
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.equal(headers.get("referrer-policy"), "no-referrer");
      assert.equal(headers.get("cross-origin-resource-policy"), "same-origin");
      assert.equal(headers.get("cache-control"), "no-store");
      assert.equal(headers.get("strict-transport-security"), null);
      assert.equal(headers.get("x-powered-by"), null);
      assert.match(headers.get("trace-id")!, /^[0-9a-f]{32}$/);
    }
  });

  test("Strict-Transport-Security is sent where the host says that HTTPS is in front", async () => {
    const secure = await startSample({ behindHttps: true });
    const { headers } = await fetch(`${secure.url}/health/live`);
    assert.equal(headers.get("strict-transport-security"), "max-age=31536000");
    await secure.stop();
  });
});

describe("traces", () => {
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const send = async (traceparent: string) => {
    const answer = await fetch(`${sample.url}/v1/things/a`, { headers: { traceparent } });
    return answer.headers.get("trace-id");
  };

  test("a valid traceparent is continued, to the use case and into the log", async () => {
    let seen: unknown;
    sample.doings.findThing = ({ limit }, { traceId }) => {
      seen = traceId;
      return { kind: "none", limit };
    };
    assert.equal(await send(`00-${trace}-00f067aa0ba902b7-01`), trace);
    assert.equal(seen, trace);
    await eventually("the request is logged", () => sample.logged.some((line) => line.trace === trace));
    assert.equal(await send(`cc-${trace}-00f067aa0ba902b7-01-more`), trace);
  });

  for (const [what, traceparent] of [
    ["in upper case", `00-${trace.toUpperCase()}-00f067aa0ba902b7-01`],
    ["of zeros", `00-${"0".repeat(32)}-00f067aa0ba902b7-01`],
    ["without a parent", `00-${trace}-${"0".repeat(16)}-01`],
    ["of the forbidden version", `ff-${trace}-00f067aa0ba902b7-01`],
    ["with more than version 00 has", `00-${trace}-00f067aa0ba902b7-01-more`],
    ["cut short", `00-${trace}`],
    ["that is noise", "hello"],
  ] as const) {
    test(`a traceparent ${what} begins a new trace`, async () => {
      const given = await send(traceparent);
      assert.match(given!, /^[0-9a-f]{32}$/);
      assert.notEqual(given, trace);
    });
  }
});

describe("the log", () => {
  test("has one line for a request, which holds neither token, path as sent nor query", async () => {
    await fetch(`${sample.url}/v1/me`, { headers: { authorization: "Bearer alice" } });
    await fetch(`${sample.url}/v1/things/secret-id?q=secret-query`);
    await fetch(`${sample.url}/nowhere/secret-path`);
    const lines = await eventually("three requests are logged", () => {
      const found = sample.logged.filter(({ msg }) => msg === "request");
      return found.length >= 3 && found;
    });
    assert.deepEqual(
      lines.map(({ method, route, status, actor }) => ({ method, route, status, actor })),
      [
        { method: "GET", route: "/v1/me", status: 200, actor: "account:alice" },
        { method: "GET", route: "/v1/things/{id}", status: 200, actor: "anonymous" },
        { method: "GET", route: "none", status: 404, actor: "anonymous" },
      ],
    );
    assert.ok(lines.every(({ ms }) => typeof ms === "number"));
    assert.doesNotMatch(JSON.stringify(sample.logged), /secret|Bearer/);
  });

  test("tells of a client that did not wait for its answer", async () => {
    const started = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    sample.doings.findThing = async ({ limit }) => {
      started.resolve();
      await goOn.promise;
      return { kind: "none", limit };
    };
    const client = await RawClient.to(sample.url);
    client.send("GET /v1/things/a HTTP/1.1\r\nHost: x\r\n\r\n");
    await started.promise;
    await client.close();
    await eventually("the request is logged", () => sample.logged.some(({ status }) => status === 499));
    goOn.resolve();
  });
});

describe("who sends a request", () => {
  const me = (authorization?: string) =>
    fetch(`${sample.url}/v1/me`, authorization === undefined ? {} : { headers: { authorization } });

  test("is told by its bearer token, in any case of the scheme", async () => {
    assert.deepEqual(await (await me("Bearer alice")).json(), { actor: "alice" });
    assert.deepEqual(await (await me("bearer  alice")).json(), { actor: "alice" });
  });

  for (const [what, authorization] of [
    ["no token", undefined],
    ["an unknown token", "Bearer nobody"],
    ["an empty token", "Bearer "],
    ["another scheme", "Basic YWxpY2U6eA=="],
    ["a token with a space in it", "Bearer ali ce"],
    ["a token with a quote in it", "Bearer alice'--"],
    ["a token without a scheme", "alice"],
    ["a token of five thousand characters", `Bearer ${"a".repeat(5_000)}`],
  ] as const) {
    test(`${what} is refused like every other`, async () => {
      const answer = await me(authorization);
      assert.equal(answer.headers.get("www-authenticate"), "Bearer");
      const { trace, ...told } = await assertProblem(answer, 401, "UNAUTHENTICATED");
      const { trace: _, ...toldOfNone } = await assertProblem(await me(), 401, "UNAUTHENTICATED");
      assert.deepEqual(told, toldOfNone);
    });
  }

  test("a bad token is refused also where anyone may come, and none is needed there", async () => {
    const answer = await fetch(`${sample.url}/v1/things/a`, { headers: { authorization: "Bearer nobody" } });
    await assertProblem(answer, 401, "UNAUTHENTICATED");
    assert.equal((await fetch(`${sample.url}/v1/things/a`)).status, 200);
  });

  test("is settled before anything else of the request is looked at", async () => {
    const answer = await fetch(`${sample.url}/v1/things/a?bad=1`, {
      method: "PUT",
      body: "{",
      headers: { "content-type": "text/plain" },
    });
    await assertProblem(answer, 401, "UNAUTHENTICATED");
  });

  test("an account without the role is refused, and so is an API key without the scope", async () => {
    const remove = (token: string) =>
      fetch(`${sample.url}/v1/things/a`, { method: "DELETE", headers: { authorization: `Bearer ${token}` } });
    await assertProblem(await remove("alice"), 403, "FORBIDDEN");
    await assertProblem(await remove("robot"), 403, "FORBIDDEN");
    assert.equal((await me("Bearer robot")).status, 200);
  });
});
