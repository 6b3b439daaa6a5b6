import { DurationHistogram, type SpanListener, type SpanRing } from "../telemetry/index.ts";

export const ACTIVITY_KINDS = ["request", "call", "job", "delivery", "edge"] as const;

/** What is counted minute by minute. `edge`: calls from one module to another. */
export type ActivityKind = (typeof ACTIVITY_KINDS)[number];

/** What was done under one name since it was last taken, as `ashlar.activity` has it. */
export interface ActivityCount {
  readonly kind: ActivityKind;
  readonly module: string;
  readonly name: string;
  readonly count: number;
  readonly failed: number;
  readonly totalMs: number;
  readonly firstBucket: number;
  readonly buckets: readonly number[];
}

/** Names come from the app's code; more of them than that would be a name with an id in it. */
const MOST_NAMES = 1_000;
/** The name of what came after so many. */
export const OTHER_NAMES = "...";

class Cell {
  readonly durations = new DurationHistogram();
  failed = 0;

  add(other: Cell): void {
    this.durations.add(other.durations.snapshot());
    this.failed += other.failed;
  }
}

/**
 * Counts what an app does from spans as they end: two look-ups and some arithmetic each, without an allocation but for
 * the first of a name.
 */
export class ActivityCounter {
  readonly #spans: SpanRing;
  readonly #cells: Readonly<Record<ActivityKind, Map<string, Map<string, Cell>>>> = emptyCells();
  readonly #names: Record<ActivityKind, number> = { request: 0, call: 0, job: 0, delivery: 0, edge: 0 };

  constructor(spans: SpanRing) {
    this.#spans = spans;
  }

  /** For the ring of spans. */
  readonly ended: SpanListener = (kind, module, name, durationMs, _error, failed, id) => {
    if (kind === "statement") return;
    this.#add(kind, module, name, durationMs, failed);
    if (kind !== "call") return;
    const caller = this.#spans.callerOf(id);
    if (caller !== "" && caller !== module) this.#add("edge", caller, module, durationMs, failed);
  };

  /**
   * What was counted since the last time, with one more for each module as a whole, without a name, and one for each
   * kind as a whole, without a module too.
   */
  take(): ActivityCount[] {
    const counts: ActivityCount[] = [];
    for (const kind of ACTIVITY_KINDS) {
      const all = new Cell();
      for (const [module, names] of this.#cells[kind]) {
        const ofModule = new Cell();
        for (const [name, cell] of names) {
          ofModule.add(cell);
          counts.push(countOf(kind, module, name, cell));
        }
        all.add(ofModule);
        if (module !== "") counts.push(countOf(kind, module, "", ofModule));
      }
      if (this.#names[kind] > 0) counts.push(countOf(kind, "", "", all));
      // A name that was there once takes no room for ever.
      this.#cells[kind].clear();
      this.#names[kind] = 0;
    }
    return counts;
  }

  #add(kind: ActivityKind, module: string, name: string, durationMs: number, failed: boolean): void {
    const cell = this.#cells[kind].get(module)?.get(name) ?? this.#open(kind, module, name);
    cell.durations.observe(durationMs);
    if (failed) cell.failed++;
  }

  #open(kind: ActivityKind, module: string, name: string): Cell {
    if (this.#names[kind] >= MOST_NAMES && name !== OTHER_NAMES) return this.#other(kind);
    let names = this.#cells[kind].get(module);
    if (names === undefined) {
      names = new Map();
      this.#cells[kind].set(module, names);
    }
    const cell = new Cell();
    names.set(name, cell);
    this.#names[kind]++;
    return cell;
  }

  #other(kind: ActivityKind): Cell {
    return this.#cells[kind].get("")?.get(OTHER_NAMES) ?? this.#open(kind, "", OTHER_NAMES);
  }
}

function emptyCells(): Record<ActivityKind, Map<string, Map<string, Cell>>> {
  return { request: new Map(), call: new Map(), job: new Map(), delivery: new Map(), edge: new Map() };
}

/** Without the empty buckets on both sides. */
function countOf(
  kind: ActivityKind,
  module: string,
  name: string,
  { durations, failed }: Cell,
): ActivityCount {
  const { counts, count, sumMs } = durations.snapshot();
  const firstBucket = counts.findIndex((here) => here > 0);
  const buckets = [...counts.slice(firstBucket, counts.findLastIndex((here) => here > 0) + 1)];
  return { kind, module, name, count, failed, totalMs: sumMs, firstBucket, buckets };
}
