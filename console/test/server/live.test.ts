import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { eventually } from "ashlar/testing";
import type { ReadEndpoint } from "../../server/index.ts";
import { OPERATOR, openScene, problemOf, type Scene } from "./scene.ts";

const reads = { now: 0, queues: 0 };
let padding = "";
const counting = (topic: "now" | "queues"): ReadEndpoint => ({
  kind: "read",
  path: `/${topic}`,
  read: async () => ({ topic, read: ++reads[topic], padding }),
});

let scene: Scene;
before(async () => {
  scene = await openScene({
    endpoints: () => [counting("now"), counting("queues")],
    tuning: { live: { intervals: { now: 10, queues: 10 }, recheckMs: 30, mostStreams: 3 } },
  });
});
after(() => scene.stop());

/** What has come of a stream so far, and how to leave it. */
async function listen(topics: string, token = OPERATOR) {
  const leaving = new AbortController();
  const answer = await fetch(`${scene.edge.url}/console/api/live?topics=${topics}`, {
    headers: { cookie: `ashlar-console=${token}` },
    signal: leaving.signal,
  });
  assert.equal(answer.status, 200);
  const stream = { answer, text: "", hasEnded: false, leave: () => leaving.abort() };
  void (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of answer.body!)
      stream.text += decoder.decode(chunk as Uint8Array, { stream: true });
  })()
    .catch(() => {})
    .finally(() => {
      stream.hasEnded = true;
    });
  return stream;
}

const isStill = async () => {
  const before = { ...reads };
  // Several times as long as a turn takes.
  for (let n = 0; n < 5; n++) await scene.ask("/api/session");
  return before.now === reads.now && before.queues === reads.queues;
};

test("a topic is read for all who listen at once, and only while somebody does", async () => {
  assert.ok(await isStill());
  const one = await listen("now");
  await eventually("there are several", () => one.text.split("event: now\n").length > 4);
  assert.equal(reads.queues, 0, "nobody listens");
  const other = await listen("now,queues");
  await eventually(
    "both topics come",
    () => /event: queues/.test(other.text) && /event: now/.test(other.text),
  );
  one.leave();
  other.leave();
  await eventually("the streams have ended", () => one.hasEnded && other.hasEnded);
  await eventually("nothing is read any more", isStill);

  assert.equal(one.answer.headers.get("content-type"), "text/event-stream; charset=utf-8");
  assert.equal(one.answer.headers.get("cache-control"), "no-store");
  const events = [...other.text.matchAll(/^event: now\ndata: (.*)\n\n/gm)].map(
    ([, data]) => JSON.parse(data!) as { data: { read: number }; at: number; stale: null },
  );
  const heard = new Set([...one.text.matchAll(/"read":(\d+)/g)].map(([, read]) => Number(read)));
  assert.ok(
    events.some(({ data }) => heard.has(data.read)),
    "the same reads for both",
  );
  assert.equal(events[0]!.stale, null);
});

test("a stream needs topics that are there, and a place", async () => {
  for (const query of ["", "?topics=", "?topics=now,nothing", "?topics=audit"]) {
    const answer = await scene.ask(`/api/live${query}`);
    assert.deepEqual(await problemOf(answer), { status: 400, code: "REQUEST_INVALID" }, query);
  }
  const head = await scene.ask("/api/live?topics=now", { method: "HEAD" });
  assert.equal(head.status, 200);
  const streams = [await listen("now"), await listen("now"), await listen("now")];
  assert.deepEqual(await problemOf(await scene.ask("/api/live?topics=now")), {
    status: 503,
    code: "OVERLOADED",
  });
  for (const stream of streams) stream.leave();
  await eventually("there is room again", async () => {
    const answer = await scene.ask("/api/live?topics=now", { method: "HEAD" });
    return answer.status === 200;
  });
});

test("it ends when its session has ended", async () => {
  scene.tokens.set("short", { id: "olga", roles: ["operator"] });
  const stream = await listen("now", "short");
  await eventually("it has begun", () => stream.text.includes("event: now"));
  scene.tokens.delete("short");
  // So long, what the app said last still counts.
  scene.clock.aheadMs += 6_000;
  await eventually("it has ended", () => stream.hasEnded);
});

test("who does not read is dropped, and nobody else notices", async () => {
  padding = "x".repeat(200_000);
  const other = await listen("now");
  const third = await listen("now");
  const { hostname, port } = new URL(scene.edge.url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  socket.pause();
  socket.write(
    `GET /console/api/live?topics=now HTTP/1.1\r\nhost: x\r\ncookie: ashlar-console=${OPERATOR}\r\n\r\n`,
  );
  const isFull = async () => {
    const { status } = await scene.ask("/api/live?topics=now", { method: "HEAD" });
    return status === 503;
  };
  try {
    await eventually("all places are taken", isFull);
    // What the kernel buffers on both sides comes first.
    await eventually("one is free again", async () => !(await isFull()));
    const before = other.text.length;
    await eventually("the other goes on", () => other.text.length > before);
    assert.ok(!other.hasEnded && !third.hasEnded);
  } finally {
    socket.destroy();
    other.leave();
    third.leave();
    padding = "";
  }
});
