import type { Span } from "./span.ts";
import type { SpanRing } from "./span-ring.ts";

/** Which traces are kept when their root has ended. */
export interface TraceRules {
  /** Of the roots of one name and minute: so many of the slowest. Default 3. */
  readonly slowestPerMinute?: number;
  /** Of the roots of one name and minute: at most so many that failed. Default 20. */
  readonly failedPerMinute?: number;
  /** The share of all the rest, between 0 and 1, to compare the others with. Default 0.01. */
  readonly randomShare?: number;
}

export type KeepReason = "failed" | "slow" | "random";

/** A trace as one process saw it: a root and what it caused there. Jobs it enqueued are roots of the same trace id. */
export interface KeptTrace {
  readonly root: Span;
  readonly reason: KeepReason;
  /** Milliseconds of the epoch. */
  readonly startedAt: number;
  /** Of the root, as other processes know it. */
  readonly wireId: string;
  /** In the order in which they began, the root first. */
  readonly spans: readonly Span[];
  readonly spanCount: number;
  readonly statementCount: number;
  /** True when `spans` lacks some: the ring has overtaken them, they go on still, or they are too many. */
  readonly isPartial: boolean;
}

export interface TraceKeeperParts {
  readonly spans: SpanRing;
  readonly rules?: TraceRules;
  /** Milliseconds, for the minutes. */
  readonly now?: () => number;
  /** Between 0 and 1. */
  readonly random?: () => number;
}

const MINUTE_MS = 60_000;
const MAX_SPANS_PER_TRACE = 500;
/** What waits to be taken. Beyond either, the less telling give way. */
const MAX_WAITING = 500;
const MAX_WAITING_SPANS = 20_000;
const MAX_HELD_SPANS = 20_000;
/** Names come from the app's code; more of them than that would be a name with an id in it. */
const MAX_NAMES = 2_000;

/** The roots of one kind and name in the current minute. */
interface Minute {
  minute: number;
  failed: number;
  /** The slowest so far, the quickest of them first. */
  readonly slowest: KeptTrace[];
}

/**
 * Decides when a root ends whether its trace is kept: then it is known whether it failed and how long it took. What
 * is not kept costs one look-up and is overtaken in the ring. Holds what is kept until it is taken, within bounds.
 */
export class TraceKeeper {
  readonly #spans: SpanRing;
  readonly #slowestPerMinute: number;
  readonly #failedPerMinute: number;
  readonly #randomShare: number;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #minutes = new Map<string, Map<string, Minute>>();
  #names = 0;
  #waiting: KeptTrace[] = [];
  #waitingSpans = 0;
  /** Of the slowest of the current minute. */
  #heldSpans = 0;
  #dropped = 0;
  readonly #listeners: ((trace: KeptTrace) => void)[] = [];

  constructor({ spans, rules = {}, now, random }: TraceKeeperParts) {
    this.#spans = spans;
    this.#slowestPerMinute = whole("slowestPerMinute", rules.slowestPerMinute ?? 3);
    this.#failedPerMinute = whole("failedPerMinute", rules.failedPerMinute ?? 20);
    this.#randomShare = share(rules.randomShare ?? 0.01);
    this.#now = now ?? (() => performance.now());
    this.#random = random ?? Math.random;
    spans.onRootEnded((kind, _module, name, durationMs, _error, failed, id) => {
      this.#rootEnded(kind, name, durationMs, failed, id);
    });
  }

  /** How many traces that should have been kept were not, because nobody took those before them. */
  get dropped(): number {
    return this.#dropped;
  }

  /** What is kept by now: the slowest of a minute only when it is over, or when `isLast`. They are forgotten here. */
  take(isLast = false): KeptTrace[] {
    const current = this.#minute();
    for (const names of this.#minutes.values()) {
      for (const minute of names.values()) if (isLast || minute.minute !== current) this.#close(minute);
    }
    const taken = this.#waiting;
    this.#waiting = [];
    this.#waitingSpans = 0;
    return taken;
  }

  /** Takes back what could not be put away, as far as there is room. */
  putBack(traces: readonly KeptTrace[]): void {
    for (const trace of traces) this.#add(trace);
  }

  /**
   * Tells `listener` of every trace, once and as soon as it is certain to be kept, until the function that is returned
   * is called. It runs inside the work whose end decided it, so it must be cheap and must not throw.
   */
  onKept(listener: (trace: KeptTrace) => void): () => void {
    this.#listeners.push(listener);
    return () => {
      const at = this.#listeners.indexOf(listener);
      if (at !== -1) this.#listeners.splice(at, 1);
    };
  }

  #rootEnded(kind: string, name: string, durationMs: number, failed: boolean, id: number): void {
    const minute = this.#minuteOf(kind, name);
    if (minute === undefined) return;
    if (failed && minute.failed < this.#failedPerMinute) {
      minute.failed++;
      this.#keep(this.#collect(id, "failed"));
    } else if (this.#random() < this.#randomShare) {
      this.#keep(this.#collect(id, "random"));
    } else if (
      minute.slowest.length < this.#slowestPerMinute ||
      (minute.slowest[0] !== undefined && durationMs > minute.slowest[0].root.durationMs)
    ) {
      this.#hold(minute.slowest, this.#collect(id, "slow"));
    }
  }

  /** Until the minute is over, a slower one may take its place. */
  #hold(slowest: KeptTrace[], trace: KeptTrace): void {
    if (slowest.length === this.#slowestPerMinute) this.#heldSpans -= slowest.shift()!.spans.length;
    if (this.#heldSpans + trace.spans.length > MAX_HELD_SPANS) {
      this.#dropped++;
      return;
    }
    const at = slowest.findIndex(({ root }) => root.durationMs > trace.root.durationMs);
    slowest.splice(at === -1 ? slowest.length : at, 0, trace);
    this.#heldSpans += trace.spans.length;
  }

  #minuteOf(kind: string, name: string): Minute | undefined {
    const current = this.#minute();
    let names = this.#minutes.get(kind);
    if (names === undefined) {
      names = new Map();
      this.#minutes.set(kind, names);
    }
    let minute = names.get(name);
    if (minute === undefined) {
      if (this.#names >= MAX_NAMES) return undefined;
      this.#names++;
      minute = { minute: current, failed: 0, slowest: [] };
      names.set(name, minute);
    } else if (minute.minute !== current) {
      this.#close(minute);
      minute.minute = current;
      minute.failed = 0;
    }
    return minute;
  }

  #close({ slowest }: Minute): void {
    if (slowest.length === 0) return;
    for (const trace of slowest) {
      this.#heldSpans -= trace.spans.length;
      this.#keep(trace);
    }
    slowest.length = 0;
  }

  #minute(): number {
    return Math.floor(this.#now() / MINUTE_MS);
  }

  #collect(id: number, reason: KeepReason): KeptTrace {
    const { spans, spanCount, statementCount } = this.#spans.treeOf(id);
    // The ring holds the root: it has only just ended.
    const root = spans[0]!;
    if (spans.length > MAX_SPANS_PER_TRACE) spans.length = MAX_SPANS_PER_TRACE;
    return {
      root,
      reason,
      // Not from `timeOrigin`: the clock of the epoch may have been set since.
      startedAt: Date.now() - (performance.now() - root.startedAt),
      wireId: this.#spans.wireId(id),
      spans,
      spanCount,
      statementCount,
      isPartial: spans.length < spanCount,
    };
  }

  #keep(trace: KeptTrace): void {
    for (const listener of this.#listeners) listener(trace);
    this.#add(trace);
  }

  #add(trace: KeptTrace): void {
    while (
      this.#waiting.length >= MAX_WAITING ||
      this.#waitingSpans + trace.spans.length > MAX_WAITING_SPANS
    ) {
      this.#dropped++;
      // A failure is what somebody will look for, the first ones above all.
      const at =
        trace.reason === "failed" ? this.#waiting.findIndex(({ reason }) => reason !== "failed") : -1;
      if (at === -1) return;
      this.#waitingSpans -= this.#waiting[at]!.spans.length;
      this.#waiting.splice(at, 1);
    }
    this.#waiting.push(trace);
    this.#waitingSpans += trace.spans.length;
  }
}

function whole(rule: string, value: number): number {
  if (!Number.isInteger(value) || value < 0) {
    throw new RangeError(`${rule} of the traces must be a whole number, 0 or more, not ${value}.`);
  }
  return value;
}

function share(value: number): number {
  if (!(value >= 0 && value <= 1)) {
    throw new RangeError(`randomShare of the traces must be between 0 and 1, not ${value}.`);
  }
  return value;
}
