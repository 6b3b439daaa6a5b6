import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { encodeTraces, MAX_TEXT } from "../../../src/telemetry/otlp/trace-request.ts";
import type { Span } from "../../../src/telemetry/span.ts";
import { sdkSpan, source } from "./sdk-span.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
/** The root's, by the clock of the epoch. */
const STARTED_AT = 1_795_254_056_435.734;

const request: Span = {
  id: 1,
  parent: 0,
  root: 1,
  remoteParent: "b7ad6b7169203331",
  job: "",
  traceId: TRACE,
  kind: "request",
  name: "POST /v1/orders/{id}",
  module: "ordering",
  startedAt: 1234.5678,
  durationMs: 12.25,
  failed: false,
  error: null,
};

/** Bytes of the encoder under test, and of OpenTelemetry's own for the same spans. */
function bothOf(spans: readonly Span[], attributes: readonly Record<string, string>[]) {
  const [root] = spans as [Span];
  const theirs = ProtobufTraceSerializer.serializeRequest(
    spans.map((span, index) =>
      sdkSpan(span, STARTED_AT + (span.startedAt - root.startedAt), attributes[index]!),
    ),
  );
  return [encodeTraces([{ root, startedAt: STARTED_AT, spans }], source), Buffer.from(theirs!)] as const;
}

function encodedAlone(span: Span): Buffer {
  return encodeTraces([{ root: span, startedAt: STARTED_AT, spans: [span] }], source);
}

function assertEncoded(span: Partial<Span>, attributes: Record<string, string>) {
  const [ours, theirs] = bothOf([{ ...request, ...span }], [attributes]);
  assert.equal(ours.toString("hex"), theirs.toString("hex"));
}

const http = { "http.request.method": "POST", "http.route": "/v1/orders/{id}" };

describe("an encoded trace is byte for byte what OpenTelemetry's serialiser writes", () => {
  it("for a request whose parent is in another process", () => {
    assertEncoded({}, { "ashlar.module": "ordering", ...http });
  });

  it("for a request that no route took", () => {
    assertEncoded(
      { name: "GET", module: "", remoteParent: "" },
      {
        "http.request.method": "GET",
      },
    );
  });

  it("for a call below another span", () => {
    assertEncoded(
      { id: 2 ** 32 + 7, parent: 6, kind: "call", name: "ordering.placeOrder", remoteParent: "" },
      { "ashlar.module": "ordering" },
    );
  });

  it("for a statement that failed", () => {
    const name = "insert ordering.orders";
    assertEncoded(
      { id: 3, parent: 2, kind: "statement", name, failed: true, error: "ASHLAR_WALL" },
      {
        "ashlar.module": "ordering",
        "db.system.name": "postgresql",
        "db.query.summary": name,
        "error.type": "ASHLAR_WALL",
      },
    );
  });

  it("for a refusal, which is no failure", () => {
    assertEncoded(
      { error: "ORDERING_OUT_OF_STOCK" },
      { "ashlar.module": "ordering", ...http, "ashlar.refusal": "ORDERING_OUT_OF_STOCK" },
    );
  });

  for (const kind of ["job", "delivery"] as const) {
    it(`for a ${kind}`, () => {
      assertEncoded({ kind, name: "ordering.expireOrders" }, { "ashlar.module": "ordering" });
    });
  }

  it("for a failure without a code", () => {
    assertEncoded({ failed: true }, { "ashlar.module": "ordering", ...http, "error.type": "_OTHER" });
  });

  it("for a trace id with the dashes of a UUID", () => {
    assertEncoded(
      { traceId: "0af76519-16cd-43dd-8448-eb211c80319c" },
      { "ashlar.module": "ordering", ...http },
    );
  });

  it("for lengths on both sides of one, two and three bytes, in many spans", () => {
    const spans: Span[] = [];
    for (const length of [1, 2, 60, 90, 126, 127, 128, 129, 1000, MAX_TEXT]) {
      const name = "x".repeat(length);
      spans.push({ ...request, id: length, parent: 1, remoteParent: "", kind: "call", name, module: "" });
    }
    const many = Array.from({ length: 40 }, () => spans).flat();
    for (const some of [spans.slice(0, 1), spans, many]) {
      const [ours, theirs] = bothOf(
        some,
        some.map(() => ({})),
      );
      assert.ok(ours.equals(theirs));
    }
  });

  it("for text of every width, and for half a surrogate pair, which becomes U+FFFD", () => {
    for (const name of [
      "größe",
      "価格",
      "🛒 cart",
      "a\ud800b",
      "\udc00",
      "nul\0",
      "",
      "\u007f\u0080\u07ff\u0800",
    ]) {
      assertEncoded({ kind: "call", name, module: "m" }, { "ashlar.module": "m" });
    }
  });

  it("for moments with every fraction of a millisecond that a clock tells", () => {
    const spans: Span[] = [];
    for (const startedAt of [0, 0.001, 0.9999999, 999.999_999, 65_535.5, 65_536, 3_000_000_000.25]) {
      for (const durationMs of [0, 0.0004, 1.5, 86_400_000]) {
        spans.push({ ...request, kind: "call", module: "", startedAt, durationMs });
      }
    }
    const [ours, theirs] = bothOf(
      spans,
      spans.map(() => ({})),
    );
    assert.equal(ours.toString("hex"), theirs.toString("hex"));
  });
});

describe("an encoded trace", () => {
  it("holds no more of a text than a collector would, and cuts between characters", () => {
    const sizes = ["x".repeat(1_000_000), "🛒".repeat(500_000), `${"x".repeat(MAX_TEXT - 1)}🛒`].map(
      (name) => {
        const encoded = encodedAlone({ ...request, kind: "statement", name, module: name, error: name });
        assert.ok(!encoded.includes(Buffer.from("\ufffd")));
        return encoded.length;
      },
    );
    for (const size of sizes) assert.ok(size < 5 * 2 * MAX_TEXT, `${size} bytes`);
  });

  it("keeps the spans of a trace together whatever the trace is called", () => {
    const ids = ["trace-1", "trace-1", "trace-2"].map((traceId) => {
      const encoded = encodedAlone({ ...request, traceId });
      const at = encoded.indexOf(Buffer.from([0x0a, 16]));
      return encoded.subarray(at + 2, at + 18).toString("hex");
    });
    assert.equal(ids[0], ids[1]);
    assert.notEqual(ids[0], ids[2]);
  });
});
