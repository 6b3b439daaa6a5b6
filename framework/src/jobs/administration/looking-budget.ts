import type { JobTable } from "./job-filter.ts";
import { type Part, type Progress, TABLES } from "./job-parts.ts";
import type { Slice } from "./job-slices.ts";

export interface LookingBounds {
  /** Rows over all modules and tables together. */
  readonly lookAtMost: number;
  /** The time after which it does not begin with further rows. Default: any time. */
  readonly takeAtMostMs?: number;
}

/** Rows that the first statement of a round looks at; with each round twice as many. */
const FIRST_ROWS = 4_000;
/** A statement over the partitions of hundreds of tables takes longer to plan than to run. */
const PARTS_A_STATEMENT = 8;

/**
 * What one answer may look at: a number of rows, and as a last defence where rows are slow to come by, an amount of
 * time. It goes over the parts in rounds, so that a table that is long does not hide what is in the others.
 */
export class LookingBudget {
  readonly #beganAt = performance.now();
  readonly #takeAtMostMs: number;
  #left: number;
  #lookedAt = 0;

  constructor({ lookAtMost, takeAtMostMs = Number.POSITIVE_INFINITY }: LookingBounds) {
    this.#left = lookAtMost;
    this.#takeAtMostMs = takeAtMostMs;
  }

  get lookedAt(): number {
    return this.#lookedAt;
  }

  spend(rows: number): void {
    this.#left -= rows;
    this.#lookedAt += rows;
  }

  /**
   * What to look at next, each time the slices of one statement: of the parts that are open by then. At least once,
   * since an answer that got nowhere could be asked for without end.
   */
  *slices(
    parts: readonly Part[],
    progress: ReadonlyMap<string, Progress>,
    isOpen: (part: Part) => boolean = () => true,
  ): Generator<readonly Slice[]> {
    const isLeft = (part: Part) => progress.get(part.key) !== "ended" && isOpen(part);
    let isFirst = true;
    for (let rows = FIRST_ROWS; ; rows *= 2) {
      const roundAt = performance.now();
      const groups = groupsOf(parts.filter(isLeft));
      for (const [index, group] of groups.entries()) {
        const open = group.filter(isLeft);
        if (open.length === 0) continue;
        if (!isFirst && !this.#allows(0)) return;
        isFirst = false;
        const given = Math.min(rows, this.#left / (groups.length - index));
        const share = Math.max(1, Math.floor(given / open.length));
        yield open.map((part) => ({ part, share, from: numberOf(progress.get(part.key)) }));
      }
      // The next round takes about twice as long.
      if (groups.length === 0 || !this.#allows(2 * (performance.now() - roundAt))) return;
    }
  }

  #allows(ms: number): boolean {
    return this.#left >= 1 && performance.now() - this.#beganAt + ms <= this.#takeAtMostMs;
  }
}

function groupsOf(parts: readonly Part[]): Part[][] {
  return TABLES.flatMap((table: JobTable) => {
    const own = parts.filter((part) => part.table === table);
    const count = Math.ceil(own.length / PARTS_A_STATEMENT);
    return Array.from({ length: count }, (_, n) =>
      own.slice(n * PARTS_A_STATEMENT, (n + 1) * PARTS_A_STATEMENT),
    );
  });
}

function numberOf(progress: Progress | undefined): number | null {
  return progress === undefined || progress === "ended" ? null : progress;
}
