import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { eventually } from "../../src/testing/index.ts";
import { assertProblem, checkProblem } from "./problem-check.ts";
import { RawClient } from "./raw-client.ts";
import { type Sample, startSample } from "./sample-app.ts";

const IDLE_MS = 500;
const PATH = "/v1/things/import";

let sample: Sample;
before(async () => {
  sample = await startSample({ requestTimeoutMs: IDLE_MS });
});
after(() => sample.stop());
beforeEach(() => {
  sample.upload.bytes = 0;
  sample.upload.chunks = 0;
  sample.logged.length = 0;
});

function upload(body: string | ReadableStream, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(sample.url + PATH, {
    method: "POST",
    body,
    headers: { authorization: "Bearer olga", "content-type": "text/csv", ...headers },
    duplex: "half",
  } as RequestInit);
}

const HEAD = `POST ${PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer olga\r\nContent-Type: text/csv\r\n`;

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

test("the body is read as it arrives and the answer follows it", async () => {
  const client = await RawClient.to(sample.url);
  client.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk("a\nb\n")}`);
  await eventually("the first part is taken before the rest is sent", () => sample.upload.bytes === 4);
  client.send(`${chunk("c\n")}0\r\n\r\n`);
  const answer = await client.answer();
  assert.equal(answer?.status, 200);
  assert.deepEqual(JSON.parse(answer!.body), { bytes: 6, lines: 3 });
  await client.close();
});

test("an upload may take longer than a request, as long as it moves", async () => {
  const client = await RawClient.to(sample.url);
  const started = Date.now();
  client.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
  const trickle = setInterval(() => client.send(chunk("a\n")), IDLE_MS / 20);
  await eventually("twice the limit has passed", () => Date.now() - started > 2 * IDLE_MS);
  clearInterval(trickle);
  client.send("0\r\n\r\n");
  assert.equal((await client.answer())?.status, 200);
  await client.close();
});

test("an upload that stops moving is cut off", async () => {
  const client = await RawClient.to(sample.url);
  client.send(`${HEAD}Content-Length: 100\r\n\r\na\n`);
  const answer = await client.answer();
  checkProblem(answer!.body, answer!.status, answer!.headers, 408, "REQUEST_INCOMPLETE");
  await client.ended();
  await client.close();
});

test("more than the route takes is refused, announced or not", async () => {
  await assertProblem(await upload("x".repeat(5 * 1_048_576)), 413, "BODY_TOO_LARGE");
  assert.equal(sample.upload.bytes, 0);
  const endless = new ReadableStream({
    start(controller) {
      for (let sent = 0; sent < 80; sent++) controller.enqueue(new TextEncoder().encode("x".repeat(65_536)));
      controller.close();
    },
  });
  await assertProblem(await upload(endless), 413, "BODY_TOO_LARGE");
  assert.ok(sample.upload.bytes <= 4 * 1_048_576);
});

test("other media types, no media type and queries are refused", async () => {
  for (const type of ["application/json", "text/plain", "text/csv; charset=utf-16"]) {
    await assertProblem(await upload("a", { "content-type": type }), 415, "MEDIA_TYPE_UNSUPPORTED");
  }
  await assertProblem(await upload("a", { "content-encoding": "gzip" }), 415, "MEDIA_TYPE_UNSUPPORTED");
  const client = await RawClient.to(sample.url);
  client.send(`POST ${PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer olga\r\nContent-Length: 0\r\n\r\n`);
  assert.equal((await client.answer())?.status, 415);
  await client.close();
  const answer = await fetch(`${sample.url}${PATH}?x=1`, {
    method: "POST",
    headers: { authorization: "Bearer olga", "content-type": "text/csv" },
  });
  await assertProblem(answer, 400, "REQUEST_INVALID");
});

test("who may not upload is refused before any of it is read", async () => {
  await assertProblem(
    await upload("x".repeat(1_000_000), { authorization: "Bearer alice" }),
    403,
    "FORBIDDEN",
  );
  await assertProblem(await upload("a", { authorization: "Bearer nobody" }), 401, "UNAUTHENTICATED");
  assert.equal(sample.upload.bytes, 0);
});

test("a failure in the middle is answered, and the rest of the body dropped", async () => {
  const client = await RawClient.to(sample.url);
  client.send(`${HEAD}Content-Length: 1000005\r\n\r\nFAIL\n`);
  const answer = await client.answer();
  checkProblem(answer!.body, answer!.status, answer!.headers, 500, "INTERNAL");
  client.send(`${"x".repeat(1_000_000)}GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n`);
  assert.equal((await client.answer())?.status, 200);
  await client.close();
});

test("a handler may answer before it has read everything", async () => {
  const client = await RawClient.to(sample.url);
  client.send(`${HEAD}Content-Length: 1000005\r\n\r\nSTOP\n`);
  const answer = await client.answer();
  assert.equal(answer?.status, 200);
  client.send(`${"x".repeat(1_000_000)}GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n`);
  assert.equal((await client.answer())?.status, 200);
  await client.close();
});

test("a slow reader slows its client down", async () => {
  const goOn = Promise.withResolvers<void>();
  let asked = 0;
  const slow = await startSample(
    {},
    {
      authenticate: async () => {
        // Nothing of the body is taken while it is found out who sends it.
        await goOn.promise;
        return { kind: "account", id: "olga", roles: ["operator"], scopes: null, session: null };
      },
    },
  );
  const size = 4 * 1_048_576;
  const body = new ReadableStream(
    {
      pull(controller) {
        asked += 65_536;
        controller.enqueue(new TextEncoder().encode("x".repeat(65_536)));
        if (asked === size) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const answer = fetch(slow.url + PATH, {
    method: "POST",
    body,
    headers: { authorization: "Bearer olga", "content-type": "text/csv" },
    duplex: "half",
  } as RequestInit);
  let before = -1;
  await eventually("the client is held up", async () => {
    const held = asked > 0 && asked === before;
    before = asked;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return held;
  });
  assert.equal(slow.upload.bytes, 0);
  goOn.resolve();
  assert.equal((await answer).status, 200);
  assert.equal(slow.upload.bytes, size);
  await slow.stop();
});

test("a client that goes away ends the reading", async () => {
  const client = await RawClient.to(sample.url);
  client.send(`${HEAD}Content-Length: 100\r\n\r\na\n`);
  await eventually("the first part is taken", () => sample.upload.bytes === 2);
  await client.close();
  await eventually("the request is logged", () => sample.logged.some(({ status }) => status === 499));
});
