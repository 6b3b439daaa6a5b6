import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { assertProblem } from "./problem-check.ts";
import { Doings, type Sample, startSample } from "./sample-app.ts";

const JSON_HEADERS = { "content-type": "application/json" };
const thing = { id: "a", count: 1, note: null };

let sample: Sample;
before(async () => {
  sample = await startSample();
});
after(() => sample.stop());
beforeEach(() => {
  Object.assign(sample.doings, new Doings());
});

function get(path: string): Promise<Response> {
  return fetch(sample.url + path);
}

function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = JSON_HEADERS) {
  return fetch(`${sample.url}/v1/things`, { method: "POST", body, headers });
}

function paths(problem: { errors?: readonly { path: string }[] }): string[] {
  return (problem.errors ?? []).map(({ path }) => path);
}

describe("paths and methods", () => {
  for (const path of [
    "/",
    "/v1",
    "/nowhere",
    "/V1/things/a",
    "/v1/things/a/",
    "//v1/things/a",
    "/v1/things/a/b",
  ]) {
    test(`${path} is not found`, async () => {
      await assertProblem(await get(path), 404, "ROUTE_NOT_FOUND");
    });
  }

  test("an unknown path is not found, whatever is sent there", async () => {
    const body = "x".repeat(100);
    for (const headers of [{ "content-type": "text/plain" }, { "content-type": "/;/" }]) {
      const answer = await fetch(`${sample.url}/nowhere`, { method: "POST", body, headers });
      await assertProblem(answer, 404, "ROUTE_NOT_FOUND");
    }
  });

  test("a wrong method is refused with the methods that the path takes", async () => {
    for (const method of ["PATCH", "OPTIONS", "PROPFIND"]) {
      const answer = await fetch(`${sample.url}/v1/things/a`, { method });
      await assertProblem(answer, 405, "METHOD_NOT_ALLOWED");
      assert.equal(answer.headers.get("allow"), "DELETE, GET, HEAD, PUT");
    }
    const answer = await fetch(`${sample.url}/v1/things?x=1`, { method: "DELETE" });
    assert.equal(answer.headers.get("allow"), "POST");
    await assertProblem(answer, 405, "METHOD_NOT_ALLOWED");
  });

  test("no answer allows another site's page to read it", async () => {
    const answer = await fetch(`${sample.url}/v1/things`, {
      method: "OPTIONS",
      headers: { origin: "https://elsewhere.example", "access-control-request-method": "POST" },
    });
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
    await assertProblem(answer, 405, "METHOD_NOT_ALLOWED");
  });

  test("a path that is not percent-encoded UTF-8 is refused", async () => {
    await assertProblem(await get("/v1/things/%zz"), 400, "REQUEST_MALFORMED");
    await assertProblem(await get("/v1/things/%ff"), 400, "REQUEST_MALFORMED");
  });

  test("an encoded slash belongs to the parameter", async () => {
    let seen: unknown;
    sample.doings.findThing = ({ id, limit }) => {
      seen = id;
      return { kind: "none", limit };
    };
    assert.equal((await get("/v1/things/a%2Fb%20%C3%A4")).status, 200);
    assert.equal(seen, "a/b ä");
  });

  test("a part of the path that is too long is refused", async () => {
    const problem = await assertProblem(await get(`/v1/things/${"a".repeat(41)}`), 400, "REQUEST_INVALID");
    assert.deepEqual(paths(problem), ["/params/id"]);
    await assertProblem(await get(`/v1/things/${"a".repeat(600)}`), 414, "PATH_TOO_LONG");
  });
});

describe("query", () => {
  for (const [query, path, message] of [
    ["limit=x", "/query/limit", /integer/],
    ["limit=", "/query/limit", /integer/],
    ["limit=0x10", "/query/limit", /integer/],
    ["limit=1.5", "/query/limit", /integer/],
    ["limit=0", "/query/limit", />= 1/],
    ["limit=101", "/query/limit", /<= 100/],
    ["limit=9007199254740993", "/query/limit", /integer/],
    ["limit=5&limit=6", "/query/limit", /more than once/],
    ["verbose=1", "/query/verbose", /boolean/],
    ["verbose=TRUE", "/query/verbose", /boolean/],
    ["unknown=1", "/query/unknown", /not a known property/],
    ["__proto__=1", "/query/__proto__", /not a known property/],
    ["limit[]=1", "/query/limit[]", /not a known property/],
    ["tag=averylongtagname", "/query/tag/0", /10/],
    ["tag=a&tag=averylongtagname", "/query/tag/1", /10/],
  ] as const) {
    test(`?${query} is refused at ${path}`, async () => {
      const problem = await assertProblem(await get(`/v1/things/a?${query}`), 400, "REQUEST_INVALID");
      assert.deepEqual(paths(problem), [path]);
      assert.match(problem.errors![0]!.message, message);
    });
  }

  test("all that is wrong with a query is told at once", async () => {
    const problem = await assertProblem(
      await get("/v1/things/a?x=1&limit=1&limit=2&y=3"),
      400,
      "REQUEST_INVALID",
    );
    assert.deepEqual(paths(problem), ["/query/x", "/query/limit", "/query/y"]);
  });

  test("a NUL character is refused in the path and in the query", async () => {
    const inPath = await assertProblem(await get("/v1/things/a%00b"), 400, "TEXT_INVALID");
    assert.deepEqual(paths(inPath), ["/params/id"]);
    const inQuery = await assertProblem(await get("/v1/things/a?tag=b&tag=%00"), 400, "TEXT_INVALID");
    assert.deepEqual(paths(inQuery), ["/query/tag/1"]);
  });

  test("a route without a query takes none", async () => {
    const answer = await fetch(`${sample.url}/v1/me?x=1`, { headers: { authorization: "Bearer alice" } });
    assert.deepEqual(paths(await assertProblem(answer, 400, "REQUEST_INVALID")), ["/query/x"]);
  });
});

describe("bodies", () => {
  for (const [what, body, expected] of [
    ["a number as text", { ...thing, count: "1" }, ["/body/count"]],
    ["text as a number", { ...thing, id: 1 }, ["/body/id"]],
    ["a fraction", { ...thing, count: 1.5 }, ["/body/count"]],
    ["null for a number", { ...thing, count: null }, ["/body/count"]],
    ["an object for a text", { ...thing, id: {} }, ["/body/id"]],
    ["an unknown field", { ...thing, price: 1 }, ["/body/price"]],
    ["a missing field", { id: "a", note: null }, ["/body/count"]],
    ["a wrong element", { ...thing, tags: ["a", 1] }, ["/body/tags/1"]],
    ["an array", [thing], ["/body"]],
    ["a text", "thing", ["/body"]],
    ["null", null, ["/body"]],
  ] as const) {
    test(`${what} is refused at its path`, async () => {
      const problem = await assertProblem(await post(JSON.stringify(body)), 400, "REQUEST_INVALID");
      assert.deepEqual([...new Set(paths(problem))], expected);
    });
  }

  test("a body is required where one is declared", async () => {
    for (const init of [{}, { headers: JSON_HEADERS }]) {
      const answer = await fetch(`${sample.url}/v1/things`, { method: "POST", ...init });
      assert.deepEqual(paths(await assertProblem(answer, 400, "REQUEST_INVALID")), ["/body"]);
    }
  });

  test("a body is refused where none is declared, unless it is an empty object", async () => {
    const remove = (body: string) =>
      fetch(`${sample.url}/v1/things/a`, {
        method: "DELETE",
        body,
        headers: { ...JSON_HEADERS, authorization: "Bearer olga" },
      });
    await assertProblem(await remove("{}"), 400, "IDEMPOTENCY_KEY_MISSING");
  });

  for (const [what, text] of [
    ["no JSON", "hello"],
    ["JSON cut off", '{"id":"a"'],
    ["JSON with more behind it", '{"id":"a"} x'],
    ["two values", "{}{}"],
    ["a trailing comma", '{"id":"a",}'],
    ["single quotes", "{'id':'a'}"],
    ["NaN", '{"id":"a","count":NaN,"note":null}'],
    ["a raw control character", '{"id":"a\u0001"}'],
    ["a raw NUL", '{"id":"a\0"}'],
    ["a key that reaches for the prototype", '{"__proto__":{"admin":true}}'],
    ["one that does so escaped", '{"__proto\\u005f_":{"admin":true}}'],
    ["one that reaches for it by the constructor", '{"constructor":{"prototype":{"admin":true}}}'],
  ] as const) {
    test(`${what} is refused`, async () => {
      await assertProblem(await post(text), 400, "JSON_MALFORMED");
    });
  }

  test("bytes that are not UTF-8 are refused and not mended", async () => {
    const body = Buffer.from('{"id":"a\xff","count":1,"note":null}', "latin1");
    await assertProblem(await post(new Uint8Array(body)), 400, "JSON_MALFORMED");
  });

  test("NUL characters and halves of surrogate pairs are refused wherever they are", async () => {
    for (const [body, path] of [
      ['{"id":"a\\u0000","count":1,"note":null}', "/body/id"],
      ['{"id":"a","count":1,"note":null,"tags":["x","\\ud800"]}', "/body/tags/1"],
      ['{"id":"a","count":1,"note":null,"a\\u0000/b":1}', "/body/a\0~1b"],
    ] as const) {
      assert.deepEqual(paths(await assertProblem(await post(body), 400, "TEXT_INVALID")), [path]);
    }
  });

  test("an escape that only looks like NUL, and a whole surrogate pair, are taken", async () => {
    for (const id of ["\\\\u0000", "\\ud83d\\ude00"]) {
      assert.equal((await post(`{"id":"${id}","count":1,"note":null}`)).status, 201);
    }
  });

  test("nesting beyond 32 levels is refused, also in brackets that never close", async () => {
    await assertProblem(await post("[".repeat(33) + "]".repeat(33)), 400, "JSON_TOO_COMPLEX");
    await assertProblem(await post('{"a":'.repeat(50_000)), 400, "JSON_TOO_COMPLEX");
    await assertProblem(await post("[".repeat(32) + "]".repeat(32)), 400, "REQUEST_INVALID");
  });

  test("more values than allowed are refused", async () => {
    const keys = Array.from({ length: 30_000 }, (_, at) => `"k${at}":0`).join(",");
    await assertProblem(await post(`{${keys}}`), 400, "JSON_TOO_COMPLEX");
  });

  test("brackets and quotes inside texts do not count", async () => {
    const id = `${"[{".repeat(10)}\\"[[\\\\`;
    assert.equal((await post(`{"id":"${id}","count":1,"note":"${"[".repeat(100)}"}`)).status, 201);
  });

  test("a body beyond a mebibyte is refused, whether its size is announced or not", async () => {
    const text = JSON.stringify({ ...thing, note: "x".repeat(1_048_576) });
    await assertProblem(await post(text), 413, "BODY_TOO_LARGE");
    const chunks = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < text.length; sent += 65_536) {
          controller.enqueue(new TextEncoder().encode(text.slice(sent, sent + 65_536)));
        }
        controller.close();
      },
    });
    const chunked = await fetch(`${sample.url}/v1/things`, {
      method: "POST",
      body: chunks,
      headers: JSON_HEADERS,
      duplex: "half",
    } as RequestInit);
    await assertProblem(chunked, 413, "BODY_TOO_LARGE");
  });

  for (const type of [
    "text/plain",
    "application/xml",
    "application/jsonx",
    "json",
    "application/json; charset=utf-16",
  ]) {
    test(`a body of type ${type} is refused`, async () => {
      await assertProblem(
        await post(JSON.stringify(thing), { "content-type": type }),
        415,
        "MEDIA_TYPE_UNSUPPORTED",
      );
    });
  }

  test("a body without a type, or compressed, is refused", async () => {
    const untyped = await post(new Uint8Array(Buffer.from(JSON.stringify(thing))), {});
    await assertProblem(untyped, 415, "MEDIA_TYPE_UNSUPPORTED");
    const zipped = await post(JSON.stringify(thing), { ...JSON_HEADERS, "content-encoding": "gzip" });
    await assertProblem(zipped, 415, "MEDIA_TYPE_UNSUPPORTED");
  });

  test("parameters of the media type do not matter, nor does its case", async () => {
    for (const type of ["application/json; charset=UTF-8", 'Application/JSON;charset="utf-8"']) {
      assert.equal((await post(JSON.stringify(thing), { "content-type": type })).status, 201);
    }
  });

  test("what the contract refuses of an input that the route lets pass is the request's fault", async () => {
    const answer = await fetch(`${sample.url}/v1/things/a`, {
      method: "PUT",
      body: JSON.stringify({ count: 5_000, note: null }),
      headers: { ...JSON_HEADERS, authorization: "Bearer alice" },
    });
    assert.deepEqual(paths(await assertProblem(answer, 400, "REQUEST_INVALID")), ["/input/count"]);
  });
});

describe("declared errors", () => {
  const cases = [
    ["UNFIT", undefined, 422, undefined],
    ["NOT_YOURS", undefined, 403, undefined],
    ["TAKEN", { by: "bob" }, 409, { by: "bob" }],
    ["WRONG_PASSWORD", undefined, 401, undefined],
  ] as const;
  for (const [code, data, status, shown] of cases) {
    test(`${code} is answered with ${status} and its data`, async () => {
      sample.doings.putThing = (_input, { fail }) => fail(code, data);
      const answer = await post(JSON.stringify(thing));
      const problem = await assertProblem(answer, status, `SAMPLE_${code}`);
      assert.deepEqual(problem.data, shown);
      assert.equal(answer.headers.get("www-authenticate"), status === 401 ? "Bearer" : null);
    });
  }

  test("a limit says when to come back", async () => {
    sample.doings.findThing = (_input, { fail }) => fail("SLOW_DOWN", { retryAfterSeconds: 2.5 });
    const answer = await get("/v1/things/a");
    assert.equal(answer.headers.get("retry-after"), "3");
    await assertProblem(answer, 429, "SAMPLE_SLOW_DOWN");
  });

  test("data beyond what the error declares does not get out", async () => {
    sample.doings.putThing = (_input, { fail }) => fail("TAKEN", { by: "bob", password: "x" });
    const problem = await assertProblem(await post(JSON.stringify(thing)), 409, "SAMPLE_TAKEN");
    assert.deepEqual(problem.data, { by: "bob" });
  });

  test("an error without the data that it declares is a failure of the server", async () => {
    sample.doings.putThing = (_input, { fail }) => fail("TAKEN");
    await assertProblem(await post(JSON.stringify(thing)), 500, "INTERNAL");
  });
});
