/**
 * What really happened between two modules, beside what their definitions declare: the same shape from a test run and
 * from a running app.
 */
export interface ObservedEdge {
  /** `call`: of an operation. `delivery`: of an event to a subscriber. `read`: of a published view. */
  readonly kind: EdgeKind;
  /** Whose doing it was: id of an operation (`ordering.placeOrder`), a job or a subscriber (`ordering.on.markPaid`). */
  readonly from: string;
  /** What it needed: id of an operation, an event or a view. */
  readonly to: string;
  /** Calls made, deliveries taken in, statements sent. */
  readonly count: number;
  /** ISO 8601. To the minute for a running app, to the test file for a test run. */
  readonly firstAt: string;
  readonly lastAt: string;
}

export type EdgeKind = "call" | "delivery" | "read";

/**
 * What consumers touched of values that crossed a wall: consumer id, then id of the operation or event, then JSON
 * pointers (RFC 6901) with `*` for the elements of an array: `/lines/*` for each line. The value itself is the empty
 * pointer.
 */
export interface ObservedReads {
  readonly [consumer: string]: { readonly [member: string]: readonly string[] };
}

/** One edge's count since it was last taken. Whoever makes the edge keeps the object and adds to it. */
export interface EdgeCounter {
  readonly kind: EdgeKind;
  readonly from: string;
  readonly to: string;
  count: number;
}

/** Counts what happens between the modules of one app, at the price of an addition. */
export class ObservedEdges {
  readonly #counters = new Map<string, EdgeCounter>();

  /** The counter of an edge; the same one each time. To be asked for once per edge, not once per call. */
  counter(kind: EdgeKind, from: string, to: string): EdgeCounter {
    const key = `${kind} ${from} ${to}`;
    let counter = this.#counters.get(key);
    if (counter === undefined) {
      counter = { kind, from, to, count: 0 };
      this.#counters.set(key, counter);
    }
    return counter;
  }

  /** What was counted since the last time, in the order of kind and ids. */
  take(): EdgeCount[] {
    const counted = [...this.#counters].filter(([, { count }]) => count > 0);
    return counted
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, counter]) => {
        const taken = { ...counter };
        counter.count = 0;
        return taken;
      });
  }

  /** Takes back what could not be put away. */
  putBack(counts: readonly EdgeCount[]): void {
    for (const { kind, from, to, count } of counts) this.counter(kind, from, to).count += count;
  }
}

export type EdgeCount = Readonly<EdgeCounter>;
