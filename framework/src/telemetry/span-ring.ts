const SPAN_OPEN = 0;
const SPAN_OK = 1;
const SPAN_FAILED = 2;

export interface Span {
  readonly name: string;
  readonly traceId: string;
  /** Sequence number of the span, unique in this process; `parent` is 0 for a root. */
  readonly id: number;
  readonly parent: number;
  /** Milliseconds of `performance.now()`. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly failed: boolean;
}

/**
 * The last spans of this process in preallocated arrays: starting and ending one writes a few array slots and
 * allocates nothing, so every call can afford it. A span that is overtaken by `capacity` younger ones is lost.
 */
export class SpanRing {
  readonly capacity: number;
  readonly #names: string[];
  readonly #traceIds: string[];
  readonly #ids: Float64Array;
  readonly #parents: Float64Array;
  readonly #startedAt: Float64Array;
  readonly #durations: Float64Array;
  readonly #states: Uint8Array;
  #last = 0;

  /** `capacity` is a power of two, so that a slot is found by a mask. */
  constructor(capacity = 8192) {
    if ((capacity & (capacity - 1)) !== 0 || capacity < 2) {
      throw new RangeError(`A span ring's capacity must be a power of two, not ${capacity}.`);
    }
    this.capacity = capacity;
    this.#names = new Array<string>(capacity).fill("");
    this.#traceIds = new Array<string>(capacity).fill("");
    this.#ids = new Float64Array(capacity);
    this.#parents = new Float64Array(capacity);
    this.#startedAt = new Float64Array(capacity);
    this.#durations = new Float64Array(capacity);
    this.#states = new Uint8Array(capacity);
  }

  /** Opens a span and returns its id, to be given to `end`. `startedAt` spares reading the clock again. */
  start(name: string, traceId: string, parent: number, startedAt = performance.now()): number {
    const id = ++this.#last;
    const slot = id & (this.capacity - 1);
    this.#names[slot] = name;
    this.#traceIds[slot] = traceId;
    this.#ids[slot] = id;
    this.#parents[slot] = parent;
    this.#startedAt[slot] = startedAt;
    this.#states[slot] = SPAN_OPEN;
    return id;
  }

  end(id: number, failed: boolean): void {
    const slot = id & (this.capacity - 1);
    if (this.#ids[slot] !== id) return;
    this.#durations[slot] = performance.now() - this.#startedAt[slot]!;
    this.#states[slot] = failed ? SPAN_FAILED : SPAN_OK;
  }

  /** The ended spans that are still held, oldest first. */
  *ended(): Generator<Span> {
    for (let id = Math.max(1, this.#last - this.capacity + 1); id <= this.#last; id++) {
      const slot = id & (this.capacity - 1);
      if (this.#states[slot] === SPAN_OPEN) continue;
      yield {
        name: this.#names[slot]!,
        traceId: this.#traceIds[slot]!,
        id,
        parent: this.#parents[slot]!,
        startedAt: this.#startedAt[slot]!,
        durationMs: this.#durations[slot]!,
        failed: this.#states[slot] === SPAN_FAILED,
      };
    }
  }
}
