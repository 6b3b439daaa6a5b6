import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { checkProblem } from "./problem-check.ts";
import { type RawAnswer, RawClient, sendRaw } from "./raw-client.ts";
import { type Sample, startSample } from "./sample-app.ts";

const LIMIT_MS = 300;

let sample: Sample;
/** One that gives its clients little time. */
let hasty: Sample;
before(async () => {
  sample = await startSample({ maxHeaderBytes: 4_096 });
  hasty = await startSample({ headersTimeoutMs: LIMIT_MS, requestTimeoutMs: LIMIT_MS });
});
after(async () => {
  await sample.stop();
  await hasty.stop();
});

function assertRefused(answer: RawAnswer | null, status: number, code: string): void {
  assert.ok(answer !== null, "the connection ended without an answer");
  checkProblem(answer.body, answer.status, answer.headers, status, code);
  assert.equal(answer.headers["content-security-policy"], "default-src 'none'; frame-ancestors 'none'");
}

const POST = "POST /v1/things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

describe("what is not HTTP", () => {
  for (const [what, text] of [
    ["noise", "hello\r\n\r\n"],
    ["a TLS handshake", Buffer.from("16030100a5010000a1030300", "hex")],
    ["an unknown method", "BREW /v1/things HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["a method in lower case", "get /v1/things/a HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["an unknown version", "GET /v1/things/a HTTP/9.9\r\nHost: x\r\n\r\n"],
    ["a field without a colon", "GET /v1/things/a HTTP/1.1\r\nHost: x\r\nfoo\r\n\r\n"],
    ["a NUL in a field", "GET /v1/things/a HTTP/1.1\r\nHost: x\r\nfoo: a\0b\r\n\r\n"],
    ["a NUL in the path", "GET /v1/things/a\0b HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["a negative length", `${POST}Content-Length: -1\r\n\r\n`],
    ["two lengths", `${POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    ["a length and chunks", `${POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ["a chunk without a size", `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`],
  ] as const) {
    test(`${what} is refused`, async () => {
      assertRefused(await sendRaw(sample.url, text), 400, "REQUEST_MALFORMED");
    });
  }

  test("a request for no host, or for two, is refused", async () => {
    for (const hosts of ["", "Host: a\r\nHost: b\r\n"]) {
      const answer = await sendRaw(sample.url, `GET /v1/things/a HTTP/1.1\r\n${hosts}\r\n`);
      assertRefused(answer, 400, "REQUEST_MALFORMED");
    }
  });

  test("HTTP/1.0 is served", async () => {
    assert.equal((await sendRaw(sample.url, "GET /v1/things/a HTTP/1.0\r\n\r\n"))?.status, 200);
  });

  test("an expectation that cannot be met is refused", async () => {
    const answer = await sendRaw(sample.url, `${POST}Expect: miracles\r\nContent-Length: 2\r\n\r\n{}`);
    assertRefused(answer, 417, "EXPECTATION_FAILED");
  });

  test("100-continue is honoured", async () => {
    const client = await RawClient.to(sample.url);
    client.send(`${POST}Expect: 100-continue\r\nContent-Length: 32\r\n\r\n`);
    assert.equal((await client.answer(false))?.status, 100);
    client.send('{"id":"a","count":1,"note":null}');
    assert.equal((await client.answer())?.status, 201);
    await client.close();
  });
});

describe("heads", () => {
  test("too many bytes of header fields are refused", async () => {
    const text = `GET /v1/things/a HTTP/1.1\r\nHost: x\r\nFoo: ${"x".repeat(5_000)}\r\n\r\n`;
    assertRefused(await sendRaw(sample.url, text), 431, "HEADERS_TOO_LARGE");
  });

  test("a head that trickles in is cut off", async () => {
    const client = await RawClient.to(hasty.url);
    client.send("GET /v1/things/a HTTP/1.1\r\nHost: x\r\n");
    const trickle = setInterval(() => client.send("X: y\r\n"), 20);
    const answer = await client.answer();
    clearInterval(trickle);
    await client.close();
    assertRefused(answer, 408, "REQUEST_INCOMPLETE");
  });

  test("a second field of one name is not silently dropped", async () => {
    const twice = (field: string, one: string, other: string) => `${field}: ${one}\r\n${field}: ${other}\r\n`;
    const tokens = twice("Authorization", "Bearer alice", "Bearer olga");
    assertRefused(
      await sendRaw(sample.url, `GET /v1/me HTTP/1.1\r\nHost: x\r\n${tokens}\r\n`),
      401,
      "UNAUTHENTICATED",
    );
    const keys = twice("Idempotency-Key", "a", "b");
    assertRefused(
      await sendRaw(sample.url, `${POST}${keys}Content-Length: 2\r\n\r\n{}`),
      400,
      "IDEMPOTENCY_KEY_INVALID",
    );
    const types = twice("Content-Type", "application/json", "text/plain");
    assertRefused(
      await sendRaw(sample.url, `POST /v1/things HTTP/1.1\r\nHost: x\r\n${types}Content-Length: 2\r\n\r\n{}`),
      415,
      "MEDIA_TYPE_UNSUPPORTED",
    );
  });
});

describe("bodies", () => {
  test("a body that does not come is answered for, and the connection closed", async () => {
    const client = await RawClient.to(hasty.url);
    client.send(`${POST}Content-Length: 100\r\n\r\n{"id":`);
    assertRefused(await client.answer(), 408, "REQUEST_INCOMPLETE");
    await client.ended();
    await client.close();
  });

  test("a body that comes after its time does not have its command run", async () => {
    let ran = 0;
    hasty.doings.putThing = (input) => {
      ran++;
      return input;
    };
    const client = await RawClient.to(hasty.url);
    const body = '{"id":"a","count":1,"note":null}';
    client.send(`${POST}Content-Length: ${body.length + 1}\r\n\r\n${body}`);
    assertRefused(await client.answer(), 408, "REQUEST_INCOMPLETE");
    client.send(" GET /v1/things/a HTTP/1.1\r\nHost: x\r\n\r\n");
    assert.equal((await client.answer())?.status, 200);
    await client.close();
    assert.equal(ran, 0);
  });

  test("a client that sends all of a refused body first still gets its answer, and may go on", async () => {
    const client = await RawClient.to(sample.url);
    const size = 1_500_000;
    client.send(`${POST}Content-Length: ${size}\r\n\r\n${"x".repeat(size)}`);
    assertRefused(await client.answer(), 413, "BODY_TOO_LARGE");
    client.send("GET /v1/things/a HTTP/1.1\r\nHost: x\r\n\r\n");
    assert.equal((await client.answer())?.status, 200);
    await client.close();
  });

  test("a client that goes on sending a refused body is cut off", async () => {
    const client = await RawClient.to(sample.url);
    client.send(`${POST}Content-Length: 1000000000\r\n\r\n`);
    const trickle = setInterval(() => client.send("x".repeat(1_000)), 20);
    assertRefused(await client.answer(), 413, "BODY_TOO_LARGE");
    await client.ended();
    clearInterval(trickle);
    await client.close();
  });

  test("a client that goes away in the middle of its body leaves nothing behind", async () => {
    const client = await RawClient.to(sample.url);
    client.send(`${POST}Content-Length: 100\r\n\r\n{"id":`);
    await client.close();
    assert.equal((await sendRaw(sample.url, "GET /v1/things/a HTTP/1.1\r\nHost: x\r\n\r\n"))?.status, 200);
  });
});

test("requests sent ahead of their answers are answered in their order", async () => {
  const client = await RawClient.to(sample.url);
  const head = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
  client.send(head("/v1/things/a?limit=1") + head("/nowhere") + head("/v1/things/a?limit=3"));
  const answers = [await client.answer(), await client.answer(), await client.answer()];
  await client.close();
  assert.deepEqual(
    answers.map((answer) => answer?.status),
    [200, 404, 200],
  );
  assert.match(answers[2]!.body, /"limit":3/);
});
