import { randomBytes } from "node:crypto";
import type { Span, SpanKind, SpanListener } from "./span.ts";

const OPEN = 1;
const OK = 2;
const FAILED = 3;

/** How many open spans a new one steps over in search of a slot before it takes one away from its owner. */
const MAX_STEPS = 64;

/**
 * The last spans of this process in preallocated arrays: starting and ending one writes a few array slots and
 * allocates nothing, so every call can afford it. A span that has ended is lost once it is overtaken by `capacity`
 * younger ones. One that is still open is stepped over: the slow ones are those somebody will ask for.
 */
export class SpanRing {
  readonly capacity: number;
  /** Makes the ids of this ring unique among all processes. */
  readonly #prefix = randomBytes(4).toString("hex");
  readonly #mask: number;
  readonly #maxSteps: number;
  readonly #kinds: SpanKind[];
  readonly #modules: string[];
  readonly #names: string[];
  readonly #traceIds: string[];
  readonly #remoteParents: string[];
  readonly #jobs: string[];
  readonly #errors: (string | null)[];
  readonly #ids: Float64Array;
  readonly #parents: Float64Array;
  readonly #roots: Float64Array;
  readonly #startedAt: Float64Array;
  readonly #durations: Float64Array;
  readonly #states: Uint8Array;
  /** Of a root: how many spans its tree has, and how many of them are statements, the overtaken ones included. */
  readonly #spanCounts: Uint32Array;
  readonly #statementCounts: Uint32Array;
  readonly #listeners: SpanListener[] = [];
  readonly #rootListeners: SpanListener[] = [];
  #last = 0;

  /** `capacity` is a power of two, so that a slot is found by a mask. */
  constructor(capacity = 8192) {
    if ((capacity & (capacity - 1)) !== 0 || capacity < 2) {
      throw new RangeError(`A span ring's capacity must be a power of two, not ${capacity}.`);
    }
    this.capacity = capacity;
    this.#mask = capacity - 1;
    this.#maxSteps = Math.min(capacity, MAX_STEPS);
    this.#kinds = new Array<SpanKind>(capacity).fill("call");
    this.#modules = new Array<string>(capacity).fill("");
    this.#names = new Array<string>(capacity).fill("");
    this.#traceIds = new Array<string>(capacity).fill("");
    this.#remoteParents = new Array<string>(capacity).fill("");
    this.#jobs = new Array<string>(capacity).fill("");
    this.#errors = new Array<string | null>(capacity).fill(null);
    this.#ids = new Float64Array(capacity);
    this.#parents = new Float64Array(capacity);
    this.#roots = new Float64Array(capacity);
    this.#startedAt = new Float64Array(capacity);
    this.#durations = new Float64Array(capacity);
    this.#states = new Uint8Array(capacity);
    this.#spanCounts = new Uint32Array(capacity);
    this.#statementCounts = new Uint32Array(capacity);
  }

  /** Opens a span and returns its id, to be given to `end`. `startedAt` spares reading the clock again. */
  start(
    kind: SpanKind,
    module: string,
    name: string,
    traceId: string,
    parent: number,
    startedAt = performance.now(),
    remoteParent = "",
    job = "",
  ): number {
    const id = this.#claim();
    const slot = id & this.#mask;
    const root = parent === 0 ? id : this.#rootOf(parent);
    // To compare is cheaper than to write: the collector is told of every write of an object.
    if (this.#kinds[slot] !== kind) this.#kinds[slot] = kind;
    if (this.#modules[slot] !== module) this.#modules[slot] = module;
    if (this.#names[slot] !== name) this.#names[slot] = name;
    this.#traceIds[slot] = traceId;
    if (this.#remoteParents[slot] !== remoteParent) this.#remoteParents[slot] = remoteParent;
    if (this.#jobs[slot] !== job) this.#jobs[slot] = job;
    this.#ids[slot] = id;
    this.#parents[slot] = parent;
    this.#roots[slot] = root;
    this.#startedAt[slot] = startedAt;
    this.#states[slot] = OPEN;
    this.#spanCounts[slot] = 0;
    this.#statementCounts[slot] = 0;
    const rootSlot = root & this.#mask;
    if (this.#ids[rootSlot] === root) {
      this.#spanCounts[rootSlot]!++;
      if (kind === "statement") this.#statementCounts[rootSlot]!++;
    }
    return id;
  }

  /** A span may have an error to tell of and yet not have failed: a refusal is an answer. */
  end(id: number, error: string | null, failed = error !== null): void {
    const slot = id & this.#mask;
    if (this.#ids[slot] !== id || this.#states[slot] !== OPEN) return;
    const durationMs = performance.now() - this.#startedAt[slot]!;
    this.#durations[slot] = durationMs;
    if (this.#errors[slot] !== error) this.#errors[slot] = error;
    this.#states[slot] = failed ? FAILED : OK;
    this.#tell(this.#listeners, slot, error, failed);
    if (this.#parents[slot] === 0) this.#tell(this.#rootListeners, slot, error, failed);
  }

  /** Tells `listener` of every span as it ends, until the function that is returned is called. */
  onEnded(listener: SpanListener): () => void {
    return added(this.#listeners, listener);
  }

  /** The same for roots only, which most spans are not, after those who are told of every span. */
  onRootEnded(listener: SpanListener): () => void {
    return added(this.#rootListeners, listener);
  }

  /** A span that has ended and is still held. */
  at(id: number): Span | undefined {
    const slot = id & this.#mask;
    return this.#ids[slot] === id && this.#states[slot]! >= OK ? this.#spanIn(slot) : undefined;
  }

  /** The module of a span's parent; "" for a root, and when the parent is no longer held. */
  callerOf(id: number): string {
    const parent = this.#parents[id & this.#mask]!;
    const slot = parent & this.#mask;
    return parent !== 0 && this.#ids[slot] === parent ? this.#modules[slot]! : "";
  }

  /** How a span is known outside this process, as in `traceparent`: 16 hexadecimal digits. */
  wireId(id: number): string {
    return this.#prefix + (id >>> 0).toString(16).padStart(8, "0");
  }

  /** The ended spans of a root's tree that are still held, and how many it had in all. */
  treeOf(root: number): { spans: Span[]; spanCount: number; statementCount: number } {
    const spans: Span[] = [];
    // All of them are younger than their root.
    for (let id = Math.max(root, this.#last - this.#mask); id <= this.#last; id++) {
      const slot = id & this.#mask;
      if (this.#roots[slot] === root && this.#states[slot]! >= OK) spans.push(this.#spanIn(slot));
    }
    const rootSlot = root & this.#mask;
    const isHeld = this.#ids[rootSlot] === root;
    return {
      // A slot that was stepped over holds an older span than its place tells.
      spans: spans.sort((a, b) => a.id - b.id),
      spanCount: isHeld ? this.#spanCounts[rootSlot]! : spans.length,
      statementCount: isHeld
        ? this.#statementCounts[rootSlot]!
        : spans.filter(({ kind }) => kind === "statement").length,
    };
  }

  /** The ended spans that are still held, oldest first. */
  *ended(): Generator<Span> {
    const ids = [...this.#ids].filter((id, slot) => id !== 0 && this.#states[slot]! >= OK);
    for (const id of ids.sort((a, b) => a - b)) {
      const span = this.at(id);
      if (span !== undefined) yield span;
    }
  }

  #tell(listeners: readonly SpanListener[], slot: number, error: string | null, failed: boolean): void {
    for (let at = 0; at < listeners.length; at++) {
      listeners[at]!(
        this.#kinds[slot]!,
        this.#modules[slot]!,
        this.#names[slot]!,
        this.#durations[slot]!,
        error,
        failed,
        this.#ids[slot]!,
      );
    }
  }

  #claim(): number {
    let id = ++this.#last;
    for (let steps = 0; this.#states[id & this.#mask] === OPEN && steps < this.#maxSteps; steps++) {
      id = ++this.#last;
    }
    return id;
  }

  #rootOf(parent: number): number {
    const slot = parent & this.#mask;
    return this.#ids[slot] === parent ? this.#roots[slot]! : 0;
  }

  #spanIn(slot: number): Span {
    return {
      id: this.#ids[slot]!,
      parent: this.#parents[slot]!,
      root: this.#roots[slot]!,
      remoteParent: this.#remoteParents[slot]!,
      job: this.#jobs[slot]!,
      traceId: this.#traceIds[slot]!,
      kind: this.#kinds[slot]!,
      name: this.#names[slot]!,
      module: this.#modules[slot]!,
      startedAt: this.#startedAt[slot]!,
      durationMs: this.#durations[slot]!,
      failed: this.#states[slot] === FAILED,
      error: this.#errors[slot]!,
    };
  }
}

function added(listeners: SpanListener[], listener: SpanListener): () => void {
  listeners.push(listener);
  return () => {
    const at = listeners.indexOf(listener);
    if (at !== -1) listeners.splice(at, 1);
  };
}
