/** That a job ran to its end. */
export interface Run {
  readonly i: number;
  /** By `sharedNow`. */
  readonly at: number;
}

export interface Account {
  /** Jobs that never ran. */
  readonly lost: number;
  /** Jobs that ran more than once. */
  readonly runTwice: number;
  /** When the last job ran for the first time; NaN when some are lost. */
  readonly doneAt: number;
}

const RUN_BYTES = 16;

export function encodeRun({ i, at }: Run): Uint8Array {
  return new Uint8Array(Float64Array.of(i, at).buffer);
}

/** What a process wrote before it was killed; of a run that was being written then, nothing. */
export function decodeRuns(bytes: Uint8Array): Run[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.byteLength / RUN_BYTES) }, (_, index) => ({
    i: view.getFloat64(index * RUN_BYTES, true),
    at: view.getFloat64(index * RUN_BYTES + 8, true),
  }));
}

/** Looks for each of the jobs 0 to `jobs` - 1 in what the processes wrote down. */
export function accountFor(jobs: number, runs: readonly Run[]): Account {
  const firstRun = new Map<number, number>();
  const again = new Set<number>();
  for (const { i, at } of runs) {
    const before = firstRun.get(i);
    if (before !== undefined) again.add(i);
    firstRun.set(i, before === undefined ? at : Math.min(before, at));
  }
  let lost = 0;
  let doneAt = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < jobs; i++) {
    const at = firstRun.get(i);
    if (at === undefined) lost++;
    else doneAt = Math.max(doneAt, at);
  }
  return { lost, runTwice: again.size, doneAt: lost > 0 ? Number.NaN : doneAt };
}
