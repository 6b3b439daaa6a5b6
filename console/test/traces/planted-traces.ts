import type { PackedSpan } from "ashlar/module";

/** A trace as a test plants it; what it leaves out is usual. */
export interface Planted {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly remoteParent?: string;
  readonly kind?: string;
  readonly module?: string;
  readonly name?: string;
  readonly reason?: "failed" | "slow" | "random";
  /** Milliseconds of the epoch. */
  readonly startedAt?: number;
  readonly durationMs?: number;
  readonly failed?: boolean;
  readonly error?: string | null;
  readonly job?: string | null;
  readonly spans?: readonly PackedSpan[];
}

type Sql = (text: string, values?: unknown[]) => Promise<unknown>;

let planted = 0;

/** A trace id that no other planted trace has. */
export function traceIdOf(number: number): string {
  return `e${number.toString(16).padStart(31, "0")}`;
}

/** Puts a trace where the app puts those that it keeps. */
export async function plantTrace(sql: Sql, trace: Planted): Promise<string> {
  const traceId = trace.traceId ?? traceIdOf(++planted + 1_000_000);
  const { kind = "request", module = "doors", name = "GET /v1/doors", durationMs = 10 } = trace;
  const { failed = false, error = null } = trace;
  const root: PackedSpan = [
    1,
    0,
    kind as PackedSpan[2],
    module,
    name,
    0,
    durationMs,
    error,
    failed ? 1 : 0,
    0,
  ];
  const spans = trace.spans ?? [root];
  await sql(
    `insert into ashlar.traces (trace_id, span_id, remote_parent, kind, module, name, reason, started_at, duration_ms,
       failed, error, job, span_count, statement_count, is_partial, spans)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, false, $15)`,
    [
      traceId,
      trace.spanId ?? "a1b2c3d400000001",
      trace.remoteParent ?? null,
      kind,
      module,
      name,
      trace.reason ?? (failed ? "failed" : "random"),
      new Date(trace.startedAt ?? Date.now()),
      durationMs,
      failed,
      error,
      trace.job ?? null,
      spans.length,
      spans.filter((span) => span[2] === "statement").length,
      JSON.stringify(spans),
    ],
  );
  return traceId;
}

/** A request that reads the lines of an order one by one, and a job in another process that follows and fails. */
export async function plantStory(
  sql: Sql,
  {
    traceId,
    modules: [first, second],
    startedAt = Date.now() - 5_000,
    error = "LINE_STOLEN",
  }: {
    readonly traceId: string;
    readonly modules: readonly [string, string];
    readonly startedAt?: number;
    readonly error?: string;
  },
): Promise<void> {
  const lines = Array.from(
    { length: 12 },
    (_, n): PackedSpan => [
      4 + n,
      3,
      "statement",
      first,
      `select ${first}.lines`,
      8 + n * 5,
      4,
      null,
      0,
      3 + n,
    ],
  );
  await plantTrace(sql, {
    traceId,
    spanId: "a1b2c3d4000000ff",
    module: first,
    name: "GET /v1/orders/{id}",
    reason: "slow",
    startedAt,
    durationMs: 100,
    spans: [
      [1, 0, "request", first, "GET /v1/orders/{id}", 0, 100, null, 0, 0],
      [2, 1, "statement", first, `select ${first}.orders`, 1, 5, null, 0, 1],
      [3, 1, "call", first, `${first}.findLines`, 7, 63, null, 0, 2],
      ...lines,
      [16, 1, "call", second, `${second}.priceOf`, 72, 20, null, 0, 15],
      [17, 1, "statement", first, `enqueue ${first}.checkLines`, 94, 2, null, 0, 16],
    ],
  });
  await plantTrace(sql, {
    traceId,
    spanId: "99887766000000a0",
    remoteParent: "a1b2c3d400000101",
    kind: "job",
    module: first,
    name: `${first}.checkLines`,
    reason: "failed",
    startedAt: startedAt + 2_000,
    durationMs: 30,
    failed: true,
    error,
    job: `${first}:42`,
    spans: [
      [1, 0, "job", first, `${first}.checkLines`, 0, 30, error, 1, 0],
      [2, 1, "statement", first, `select ${first}.lines`, 2, 3, null, 0, 1],
      [3, 1, "call", second, `${second}.reserve`, 10, 15, error, 1, 2],
    ],
  });
}
