import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { Metrics } from "../../../src/telemetry/index.ts";
import { readPartialSuccess } from "../../../src/telemetry/otlp/partial-success.ts";
import { eventually } from "../../../src/testing/index.ts";
import { type Answer, protobuf, reset, silence, status, TOKEN, Traced } from "./collector.ts";

/** Written by Google's protobuf library: 300 rejected spans, "größe". */
const PARTIAL = Buffer.from("0a0c08ac0212076772c3b6c39f65", "hex");

describe("what an exporter sends", () => {
  it("is a gzipped protobuf request to /v1/traces, with the headers that it was given", async () => {
    await using traced = await Traced.start([]);
    traced.trace(1, 3);
    const { method, path, headers, names } = await traced.collector.received(1);
    assert.deepEqual([method, path, names], ["POST", "/v1/traces", ["trace-1"]]);
    assert.equal(headers["content-type"], "application/x-protobuf");
    assert.equal(headers["content-encoding"], "gzip");
    assert.equal(headers.authorization, TOKEN);
    await eventually("they are counted", () => traced.exporter.counts.exported === 3);
  });

  it("goes together: one request for as many traces as fill it, and the next for the rest", async () => {
    await using traced = await Traced.start([], { batchSpans: 6, batchMs: 60_000 });
    for (let number = 1; number <= 5; number++) traced.trace(number, 2);
    await traced.collector.received(1);
    await traced.exporter.stop();
    assert.deepEqual(
      traced.collector.requests.map(({ names }) => names),
      [
        ["trace-1", "trace-2", "trace-3"],
        ["trace-4", "trace-5"],
      ],
    );
  });

  it("is told of in the metrics, by what became of it, until the exporter has stopped", async () => {
    const metrics = new Metrics();
    await using traced = await Traced.start([status(200), status(400)], {}, { metrics });
    traced.trace(1, 3);
    await eventually("they are counted", () => traced.exporter.counts.exported === 3);
    traced.trace(2, 2);
    await eventually("they are counted", () => traced.exporter.counts.rejected === 2);
    const told = (await metrics.scrape()).match(/^ashlar_trace_export_spans_total.*$/gm);
    assert.deepEqual(told, [
      'ashlar_trace_export_spans_total{outcome="exported"} 3',
      'ashlar_trace_export_spans_total{outcome="rejected"} 2',
      'ashlar_trace_export_spans_total{outcome="dropped"} 0',
    ]);
    await traced.exporter.stop();
    assert.doesNotMatch(await metrics.scrape(), /^ashlar_trace_export/m);
  });

  it("does not wait for more than it was told to", async () => {
    await using traced = await Traced.start([], { batchSpans: 1000, batchMs: 10 });
    traced.trace(1);
    await traced.collector.received(1);
    traced.trace(2);
    await traced.collector.received(2);
    assert.deepEqual(traced.collector.names, ["trace-1", "trace-2"]);
  });
});

describe("a request that fails", () => {
  const passing: [string, Answer][] = [
    ["429", status(429)],
    ["502", status(502)],
    ["503", status(503)],
    ["504", status(504)],
    ["a broken connection", reset],
  ];
  for (const [what, answer] of passing) {
    it(`is repeated after ${what}, until it is taken`, async () => {
      await using traced = await Traced.start([answer, answer, answer]);
      traced.trace(1);
      await traced.collector.received(4);
      await eventually("it is counted", () => traced.exporter.counts.exported === 1);
      const bodies = traced.collector.requests.map(({ body }) => body.toString("hex"));
      assert.equal(new Set(bodies).size, 1);
      assert.deepEqual(traced.messages(), [
        "traces could not be sent; they will be sent again",
        "traces reach the collector again",
      ]);
    });
  }

  it("is repeated when there is no answer in time", async () => {
    await using traced = await Traced.start([silence], { timeoutMs: 30 });
    traced.trace(1);
    await traced.collector.received(2);
    await eventually("it is counted", () => traced.exporter.counts.exported === 1);
    assert.equal(traced.logged[0]!.reason, "TimeoutError");
  });

  it("waits longer before every attempt", async () => {
    await using traced = await Traced.start([status(503), status(503), status(503)], { firstWaitMs: 40 });
    traced.trace(1);
    await traced.collector.received(4);
    const [first, second, third, fourth] = traced.collector.requests.map(({ at }) => at) as [
      number,
      number,
      number,
      number,
    ];
    // At least half of 40, 80 and 160 ms; the timer's own rounding is a millisecond.
    assert.ok(second - first >= 19, `${second - first} ms`);
    assert.ok(third - second >= 39, `${third - second} ms`);
    assert.ok(fourth - third >= 79, `${fourth - third} ms`);
  });

  it("waits as long as Retry-After says, in seconds or until a date", async () => {
    // A date has whole seconds: this is one to two seconds away.
    const date = new Date(Date.now() + 2_000).toUTCString();
    await using traced = await Traced.start([
      status(429, { "retry-after": "1" }),
      status(503, { "retry-after": date }),
      status(503, { "retry-after": "soon" }),
    ]);
    traced.trace(1);
    await traced.collector.received(4);
    const [first, second, , last] = traced.collector.requests.map(({ at }) => at) as [
      number,
      number,
      number,
      number,
    ];
    assert.ok(second - first >= 990, `${second - first} ms`);
    assert.ok(performance.timeOrigin + last >= Date.parse(date) - 10);
  });

  it("is dropped when its attempts are used up, and the next one is tried", async () => {
    await using traced = await Traced.start([status(503), status(503)], { attempts: 2 });
    traced.trace(1, 2);
    await eventually("the first is given up", () => traced.exporter.counts.dropped === 2);
    traced.trace(2);
    await eventually("the second is taken", () => traced.exporter.counts.exported === 1);
    assert.deepEqual(traced.collector.names, ["trace-1", "trace-1", "trace-2"]);
  });

  for (const code of [400, 401, 404, 413, 500]) {
    it(`is not repeated after ${code}`, async () => {
      await using traced = await Traced.start([status(code)]);
      traced.trace(1);
      await eventually("it is counted", () => traced.exporter.counts.rejected === 1);
      traced.trace(2);
      await eventually("the next is taken", () => traced.exporter.counts.exported === 1);
      assert.deepEqual(traced.collector.names, ["trace-1", "trace-2"]);
      assert.equal(traced.logged[0]!.reason, `status ${code}`);
    });
  }

  it("is not sent to where a redirect points, nor is its token", async () => {
    await using elsewhere = await Traced.start([]);
    const location = `${elsewhere.collector.endpoint}/v1/traces`;
    await using traced = await Traced.start([status(307, { location })]);
    traced.trace(1);
    await eventually("it is counted", () => traced.exporter.counts.rejected === 1);
    assert.deepEqual(elsewhere.collector.requests, []);
  });

  it("is told once, not with every attempt, and without the token", async () => {
    await using traced = await Traced.start(Array(12).fill(status(503)), { attempts: 4 });
    for (const number of [1, 2, 3]) traced.trace(number);
    await eventually("all are given up", () => traced.exporter.counts.dropped === 3);
    assert.deepEqual(traced.messages(), [
      "traces could not be sent; they will be sent again",
      "traces were dropped: the collector did not take them",
    ]);
    assert.doesNotMatch(JSON.stringify(traced.logged), /secret/);
  });
});

describe("when traces come faster than the collector takes them", () => {
  it("the oldest are dropped and counted, and no more are held than was said", async () => {
    let answer: (() => void) | undefined;
    const held: Answer = (response) => {
      answer = () => response.writeHead(200).end();
    };
    await using traced = await Traced.start([held], { queueSpans: 10, batchSpans: 2 });
    traced.trace(0, 2);
    await traced.collector.received(1);
    for (let number = 1; number <= 100; number++) traced.trace(number, 2);
    assert.equal(traced.exporter.counts.dropped, 2 * 95);
    answer!();
    await eventually("the rest is taken", () => traced.exporter.counts.exported === 12);
    const names = [0, 96, 97, 98, 99, 100].map((number) => `trace-${number}`);
    assert.deepEqual(traced.collector.names, names);
    assert.deepEqual(traced.messages(), [
      "more traces are kept than the collector takes; the oldest are dropped",
      "traces reach the collector again",
    ]);
  });

  it("a trace that is larger than all that may wait is dropped itself", async () => {
    await using traced = await Traced.start([], { queueSpans: 4, batchSpans: 4 });
    traced.trace(1, 5);
    assert.equal(traced.exporter.counts.dropped, 5);
    traced.trace(2, 4);
    await eventually("the next is taken", () => traced.exporter.counts.exported === 4);
  });
});

describe("stopping an exporter", () => {
  it("sends what waits, once, and takes nothing afterwards", async () => {
    await using traced = await Traced.start([], { batchSpans: 4, queueSpans: 4, batchMs: 60_000 });
    for (let number = 1; number <= 3; number++) traced.trace(number);
    await Promise.all([traced.exporter.stop(), traced.exporter.stop()]);
    // More than may wait: it would be counted if it were still listened to.
    traced.trace(4, 5);
    traced.exporter.start();
    traced.trace(5, 5);
    await traced.exporter.stop();
    assert.deepEqual(traced.collector.names, ["trace-1", "trace-2", "trace-3"]);
    assert.deepEqual(traced.exporter.counts, { exported: 3, rejected: 0, dropped: 0 });
    assert.deepEqual(traced.messages(), []);
  });

  it("does not sit out the wait before an attempt", async () => {
    await using traced = await Traced.start([status(503, { "retry-after": "300" })]);
    traced.trace(1);
    await eventually("the first attempt has failed", () => traced.logged.length === 1);
    await traced.exporter.stop();
    assert.equal(traced.exporter.counts.exported, 1);
  });

  it("tries what is left once", async () => {
    await using traced = await Traced.start(Array(9).fill(status(503)), { batchMs: 60_000, batchSpans: 2 });
    traced.trace(1);
    await traced.exporter.stop();
    assert.equal(traced.collector.requests.length, 1);
    assert.equal(traced.exporter.counts.dropped, 1);
  });

  it("ends when its time is over, and tells what was lost", async () => {
    await using traced = await Traced.start([silence]);
    traced.trace(1);
    await traced.collector.received(1);
    traced.trace(2);
    const before = performance.now();
    await traced.exporter.stop(50);
    const took = performance.now() - before;
    assert.ok(took >= 45 && took < 5_000, `${took} ms`);
    assert.equal(traced.exporter.counts.dropped, 2);
    assert.deepEqual(
      [traced.logged.at(-1)!.msg, traced.logged.at(-1)!.dropped],
      ["not all traces reached the collector", 2],
    );
  });

  it("is nothing when it never began", async () => {
    await using traced = await Traced.start([]);
    await traced.exporter.stop();
    assert.deepEqual(traced.collector.requests, []);
  });
});

describe("a collector's answer", () => {
  it("that takes only some spans is counted and told, and they are not sent again", async () => {
    const answer = Buffer.from("0a08080212047768793f", "hex");
    await using traced = await Traced.start([status(200, protobuf, answer)]);
    traced.trace(1, 5);
    await eventually("it is counted", () => traced.exporter.counts.exported === 3);
    assert.deepEqual(traced.exporter.counts, { exported: 3, rejected: 2, dropped: 0 });
    assert.equal(traced.collector.requests.length, 1);
    const { msg, reason, rejected } = traced.logged[0]!;
    assert.deepEqual([msg, reason, rejected], ["the collector took only some spans", "why?", 2]);
  });

  it("is read as OpenTelemetry's own reader does", () => {
    const theirs = ProtobufTraceSerializer.deserializeResponse(PARTIAL).partialSuccess;
    const ours = readPartialSuccess(PARTIAL);
    assert.deepEqual(ours, { rejectedSpans: 300, message: "größe" });
    assert.deepEqual(ours, { rejectedSpans: theirs?.rejectedSpans, message: theirs?.errorMessage });
    for (const nothing of ["", "0a00"]) assert.equal(readPartialSuccess(Buffer.from(nothing, "hex")), null);
  });

  it("that cannot be read is taken for one that says nothing, wherever it breaks off", () => {
    for (let length = 1; length < PARTIAL.length; length++) readPartialSuccess(PARTIAL.subarray(0, length));
    for (const broken of ["0a", "0aff", "ffffffffffffffffffff01", "0a0508", "0d00000000", "0b"]) {
      assert.equal(readPartialSuccess(Buffer.from(broken, "hex")), null, broken);
    }
  });

  const hostile: [string, Answer][] = [
    ["endless", (response) => void response.writeHead(200, protobuf).write(Buffer.alloc(1_000_000, 10))],
    ["a page", status(200, { "content-type": "text/html" }, Buffer.from("<html>"))],
    [
      "broken off",
      (response) => {
        response.writeHead(200, { ...protobuf, "content-length": "100" }).write("x");
        response.socket?.end();
      },
    ],
  ];
  for (const [what, answer] of hostile) {
    it(`that is ${what} means what its status says`, async () => {
      await using traced = await Traced.start([answer]);
      traced.trace(1);
      await eventually("it is counted", () => traced.exporter.counts.exported === 1);
      assert.deepEqual(traced.messages(), []);
    });
  }
});
