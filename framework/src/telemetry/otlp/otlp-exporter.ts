import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Logger } from "pino";
import { CATALOGUE } from "../metrics/catalogue.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { SpanRing } from "../span-ring.ts";
import { DEFAULT_LIMITS, type ExportLimits } from "./export-limits.ts";
import type { OtlpTarget } from "./otlp-target.ts";
import type { Outcome } from "./post-traces.ts";
import { TraceQueue } from "./trace-queue.ts";
import { type ExportedTrace, encodeTraces, type SpanSource } from "./trace-request.ts";
import { TraceSender } from "./trace-sender.ts";

export interface OtlpExporterParts {
  readonly target: OtlpTarget;
  /** Where the traces come from: it tells of each as it is kept, until the function that it returns is called. */
  readonly traces: { onKept(listener: (trace: ExportedTrace) => void): () => void };
  readonly spans: Pick<SpanRing, "wireId">;
  readonly serviceName: string;
  readonly serviceVersion: string;
  /** One of its own for every process unless given. */
  readonly instanceId?: string;
  readonly log: Logger;
  readonly limits?: Partial<ExportLimits>;
  /** Where its counts are to be read, from its start to the end of its stop. */
  readonly metrics?: Pick<Metrics, "readings">;
}

/** Spans since the exporter began. What is neither waits or is on its way. */
export interface ExportCounts {
  /** Taken by the collector. */
  readonly exported: number;
  /** Refused by the collector, whole requests or some of their spans. */
  readonly rejected: number;
  /** Lost on this side: there were too many, or the collector could not be reached. */
  readonly dropped: number;
}

const MAX_REASON = 300;
/** Repetitive as spans are, more effort saves 3 % of the bytes for six times the CPU. */
const GZIP_LEVEL = 1;

const compress = promisify(gzip);

/**
 * Sends kept traces to a collector by OTLP over HTTP. Nobody waits for it: traces queue up to a limit, one request is
 * under way at a time, and whatever goes wrong costs traces and a line in the log. Life: `start`, then `stop`.
 */
export class OtlpExporter {
  readonly #target: OtlpTarget;
  readonly #traces: OtlpExporterParts["traces"];
  readonly #source: SpanSource;
  readonly #log: Logger;
  readonly #limits: ExportLimits;
  readonly #queue: TraceQueue;
  readonly #sender: TraceSender;
  readonly #metrics: OtlpExporterParts["metrics"];
  #unmeasured: readonly (() => void)[] = [];
  #unsubscribe: (() => void) | null = null;
  #timer: NodeJS.Timeout | null = null;
  #sending: Promise<void> | null = null;
  #stopped: Promise<void> | null = null;
  /** What is wrong at present and why, so that the log has it once and not with every batch. */
  readonly #troubles = new Map<string, string>();
  #exported = 0;
  #rejected = 0;
  #dropped = 0;

  constructor(parts: OtlpExporterParts) {
    this.#target = parts.target;
    this.#traces = parts.traces;
    this.#source = {
      serviceName: parts.serviceName,
      serviceVersion: parts.serviceVersion,
      instanceId: parts.instanceId ?? randomUUID(),
      wireId: (id) => parts.spans.wireId(id),
    };
    this.#log = parts.log;
    this.#metrics = parts.metrics;
    this.#limits = { ...DEFAULT_LIMITS, ...parts.limits };
    this.#queue = new TraceQueue(this.#limits.queueSpans);
    this.#sender = new TraceSender({
      ...this.#limits,
      target: parts.target,
      onRepeat: (reason) => this.#warn("traces could not be sent; they will be sent again", reason),
    });
  }

  get counts(): ExportCounts {
    return { exported: this.#exported, rejected: this.#rejected, dropped: this.#dropped };
  }

  /** Begins to take traces. May be called again; after `stop` it does nothing. */
  start(): void {
    if (this.#stopped !== null) return;
    if (this.#unsubscribe === null) this.#measure();
    this.#unsubscribe ??= this.#traces.onKept((trace) => this.#add(trace));
  }

  /**
   * Takes no more traces and tries once to send those that wait. Resolves when all are sent or lost, at the latest
   * after `limitMs`. May be called again.
   */
  stop(limitMs = 5_000): Promise<void> {
    this.#stopped ??= this.#flush(limitMs);
    return this.#stopped;
  }

  #measure(): void {
    const readings = this.#metrics?.readings(CATALOGUE.exportedSpans);
    if (readings === undefined) return;
    this.#unmeasured = [
      readings.add(["exported"], () => this.#exported),
      readings.add(["rejected"], () => this.#rejected),
      readings.add(["dropped"], () => this.#dropped),
    ];
  }

  #add(trace: ExportedTrace): void {
    const dropped = this.#queue.add(trace);
    if (dropped > 0) {
      this.#dropped += dropped;
      this.#warn("more traces are kept than the collector takes; the oldest are dropped", "queue full");
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#sending !== null || this.#stopped !== null || this.#queue.spanCount === 0) return;
    if (this.#queue.spanCount >= this.#limits.batchSpans) this.#send();
    // Not a reason for the process to live on.
    else this.#timer ??= setTimeout(() => this.#send(), this.#limits.batchMs).unref();
  }

  #send(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#sending = this.#deliver().finally(() => {
      this.#sending = null;
      this.#schedule();
    });
  }

  async #flush(limitMs: number): Promise<void> {
    this.#unsubscribe?.();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#sender.hurry();
    const limit = setTimeout(() => this.#sender.giveUp(), limitMs);
    await this.#sending;
    while (this.#queue.spanCount > 0 && !this.#sender.hasGivenUp) await this.#deliver();
    clearTimeout(limit);
    this.#dropped += this.#queue.spanCount;
    this.#queue.take(Number.POSITIVE_INFINITY);
    if (this.#dropped > 0) this.#log.warn(this.counts, "not all traces reached the collector");
    for (const end of this.#unmeasured) end();
  }

  /** Sends one batch, or loses it. Never rejects: it runs where nobody waits for it. */
  async #deliver(): Promise<void> {
    // Not within the work whose end made the batch full.
    await nextTurn();
    const batch = this.#queue.take(this.#limits.batchSpans);
    const count = batch.reduce((sum, { spans }) => sum + spans.length, 0);
    if (count === 0) return;
    let body: Buffer;
    try {
      body = await compress(encodeTraces(batch, this.#source), { level: GZIP_LEVEL });
    } catch (error) {
      this.#dropped += count;
      this.#log.error({ err: error }, "traces could not be encoded and are dropped");
      return;
    }
    this.#settle(await this.#sender.send(body), count);
  }

  #settle(outcome: Outcome, count: number): void {
    if (outcome.kind === "later") {
      this.#dropped += count;
      this.#warn("traces were dropped: the collector did not take them", outcome.reason);
    } else if (outcome.kind === "refused") {
      this.#rejected += count;
      this.#warn("traces were dropped: the collector refuses them", outcome.reason);
    } else {
      const rejected = Math.min(count, outcome.partial?.rejectedSpans ?? 0);
      this.#rejected += rejected;
      this.#exported += count - rejected;
      if (outcome.partial !== null) {
        const reason = outcome.partial.message.slice(0, MAX_REASON);
        const message = rejected > 0 ? "the collector took only some spans" : "the collector has a warning";
        this.#warn(message, reason);
      } else if (this.#troubles.size > 0) {
        this.#troubles.clear();
        this.#log.info(this.counts, "traces reach the collector again");
      }
    }
  }

  #warn(message: string, reason: string): void {
    if (this.#troubles.get(message) === reason) return;
    this.#troubles.set(message, reason);
    this.#log.warn({ collector: this.#target.address, reason, ...this.counts }, message);
  }
}
