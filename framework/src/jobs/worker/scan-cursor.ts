export interface Place {
  readonly priority: number;
  readonly seq: number;
}

const FULL_SCAN_MS = 25;
const FULL_SCAN_COSTS = 20;
/** A scan that is as cheap as this needs no cursor while claims come back short. */
const CHEAP_SCAN_MS = 2;

/**
 * Where the next claim of a queue begins: after the jobs of the last one, so that rows which are running or dead already
 * are not walked again and again. What came in before that place is found by a scan from the start, every 25 ms or every
 * twenty times what such a scan costs.
 */
export class ScanCursor {
  #last: Place | null = null;
  #scannedAt = Number.NEGATIVE_INFINITY;
  #scanMs = 0;

  /** Null: from the start. `isFlood`: the claims before came back full. */
  next(now: number, isFlood: boolean): Place | null {
    if (now - this.#scannedAt > Math.max(FULL_SCAN_MS, FULL_SCAN_COSTS * this.#scanMs)) return null;
    return !isFlood && this.#scanMs < CHEAP_SCAN_MS ? null : this.#last;
  }

  /** A claim that began at `startedAt`, from `after`, has returned; `last` is the last of its jobs. */
  moved(after: Place | null, startedAt: number, last: Place | undefined): void {
    if (after === null) {
      this.#scannedAt = startedAt;
      this.#scanMs = performance.now() - startedAt;
    }
    if (last !== undefined) this.#last = last;
  }

  /** The next claim begins at the start. */
  restart(): void {
    this.#scannedAt = Number.NEGATIVE_INFINITY;
  }
}
