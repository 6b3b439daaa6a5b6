/** What one round of one system gave, by unit: `{ "ops/s": 31200, "CPU µs/op": 54.1 }`. */
export type Reading = Readonly<Record<string, number>>;

/** A way of doing the work of a row: Ashlar, a peer, or the baseline. */
export interface Contender {
  readonly system: string;
  /** Does the row's work once and says what it cost. Called once more at the start, unrecorded, to warm up. */
  readonly measure: () => Promise<Reading>;
}

export interface Row {
  readonly row: string;
  /** The system that the others are divided by. */
  readonly against: string;
  readonly contenders: readonly Contender[];
  /** False for work that takes long and is not faster the second time. Default true. */
  readonly warmUp?: boolean;
}

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly n: number;
}

/** One line of `--json`. */
export interface Result extends Summary {
  readonly table: string;
  readonly row: string;
  readonly system: string;
  readonly unit: string;
}

/** Throws RangeError for no values: a figure that nobody measured must not look like one. */
export function summarise(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError("There is nothing to summarise: no round gave a value.");
  const sorted = values.toSorted((a, b) => a - b);
  return { median: percentile(sorted, 0.5), min: sorted[0]!, max: sorted.at(-1)!, n: sorted.length };
}

/** Linear interpolation between the two nearest ranks; `sorted` is ascending, `fraction` from 0 to 1. */
export function percentile(sorted: ArrayLike<number>, fraction: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)]!;
  const above = sorted[Math.ceil(position)]!;
  return below + (above - below) * (position - Math.floor(position));
}

/**
 * Measures a row: one unrecorded round unless it needs none, then `rounds` in which the systems take turns, so that a machine that
 * slows down or speeds up does so for all of them. Every second round runs backwards: nobody is always first.
 */
export async function measureRow(table: string, row: Row, rounds: number): Promise<Result[]> {
  if (row.warmUp ?? true) for (const { measure } of row.contenders) await measure();
  const readings = new Map<string, Reading[]>(row.contenders.map(({ system }) => [system, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { system, measure } of round % 2 === 0 ? row.contenders : row.contenders.toReversed()) {
      readings.get(system)!.push(await measure());
    }
  }
  return [...readings].flatMap(([system, own]) =>
    summaries(table, row, system, own, readings.get(row.against) ?? []),
  );
}

/** Each unit, followed by its ratio to the same rounds of the system that the row is measured against. */
function summaries(
  table: string,
  row: Row,
  system: string,
  own: readonly Reading[],
  others: readonly Reading[],
): Result[] {
  return Object.keys(own[0] ?? {}).flatMap((unit) => {
    const about = { table, row: row.row, system };
    const results: Result[] = [{ ...about, unit, ...summarise(own.map((reading) => reading[unit]!)) }];
    if (system !== row.against && others.every((reading) => (reading[unit] ?? 0) !== 0)) {
      // Round by round, not median by median: neighbours in time saw the same machine.
      const ratios = own.map((reading, round) => reading[unit]! / others[round]![unit]!);
      results.push({ ...about, unit: ratioUnit(unit, row.against), ...summarise(ratios) });
    }
    return results;
  });
}

export function ratioUnit(unit: string, against: string): string {
  return `ratio of ${unit} to ${against}`;
}
