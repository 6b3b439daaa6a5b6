/** Buckets of an octave: a quantile is off by less than 2^(1/4), which is 19 %. */
const STEPS = 4;
const OCTAVES = 20;
const FIRST_MS = 0.1;
const BUCKETS = OCTAVES * STEPS + 1;

/** Upper bounds in milliseconds, inclusive: 0.1 to 104,857.6. What is longer goes into one more bucket. */
const BOUNDS_MS = Float64Array.from({ length: BUCKETS }, (_, index) => FIRST_MS * 2 ** (index / STEPS));
const SCALE = STEPS / Math.LN2;
const OFFSET = -Math.log(FIRST_MS) * SCALE;

/** What a histogram had counted at one moment. */
export class HistogramSnapshot {
  /** By bucket; the last is what was longer than all bounds. */
  readonly counts: Float64Array;
  readonly count: number;
  readonly sumMs: number;

  constructor(counts: Float64Array, count: number, sumMs: number) {
    this.counts = counts;
    this.count = count;
    this.sumMs = sumMs;
  }

  /** From the buckets that have something in them, by their number from 0 on. */
  static of(filled: Iterable<readonly [bucket: number, count: number]>, sumMs: number): HistogramSnapshot {
    const counts = new Float64Array(BUCKETS + 1);
    let total = 0;
    for (const [bucket, count] of filled) {
      counts[bucket]! += count;
      total += count;
    }
    return new HistogramSnapshot(counts, total, sumMs);
  }

  /** What came after `earlier`, which is of the same histogram. */
  since(earlier: HistogramSnapshot): HistogramSnapshot {
    return new HistogramSnapshot(
      this.counts.map((count, index) => count - earlier.counts[index]!),
      this.count - earlier.count,
      this.sumMs - earlier.sumMs,
    );
  }

  /**
   * Estimates a quantile (0 to 1) in milliseconds; null when nothing was counted. It lies in the bucket of the exact
   * one, so above 0.1 ms and up to 104.9 s it is wrong by less than 19 %.
   */
  quantile(q: number): number | null {
    if (this.count <= 0) return null;
    const rank = Math.max(1, Math.ceil(q * this.count));
    let below = 0;
    for (let index = 0; index < BUCKETS; index++) {
      const here = this.counts[index]!;
      if (below + here >= rank) return within(index, (rank - below) / here);
      below += here;
    }
    return BOUNDS_MS[BUCKETS - 1]!;
  }
}

/**
 * Counts durations in fixed buckets that grow by the same factor. All of them are allocated at once: to observe one
 * is arithmetic and two array slots.
 */
export class DurationHistogram {
  readonly #counts = new Float64Array(BUCKETS + 1);
  #count = 0;
  #sumMs = 0;

  /** A clock that was put back gives a negative duration, which counts as none. */
  observe(durationMs: number): void {
    const ms = durationMs > 0 ? durationMs : 0;
    this.#counts[bucketOf(ms)]!++;
    this.#count++;
    this.#sumMs += ms;
  }

  /** Takes in what another has counted. */
  add({ counts, count, sumMs }: HistogramSnapshot): void {
    for (let index = 0; index <= BUCKETS; index++) this.#counts[index]! += counts[index]!;
    this.#count += count;
    this.#sumMs += sumMs;
  }

  snapshot(): HistogramSnapshot {
    return new HistogramSnapshot(this.#counts.slice(), this.#count, this.#sumMs);
  }
}

/** Every octave is an `le`: finer ones would cost the scraper more than they tell. */
export const LE_SECONDS: readonly number[] = Array.from({ length: OCTAVES + 1 }, (_, octave) =>
  Number((2 ** octave / 10_000).toFixed(4)),
);

/** How many were at most as long as each of LE_SECONDS. */
export function cumulativeCounts({ counts }: HistogramSnapshot): readonly number[] {
  let total = 0;
  const cumulative: number[] = [];
  for (let index = 0; index < BUCKETS; index++) {
    total += counts[index]!;
    if (index % STEPS === 0) cumulative.push(total);
  }
  return cumulative;
}

/** The first bucket whose bound is not below. The logarithm may be off by one where a value is on a bound. */
function bucketOf(ms: number): number {
  if (ms <= FIRST_MS) return 0;
  let index = Math.ceil(Math.log(ms) * SCALE + OFFSET);
  if (index >= BUCKETS) index = BUCKETS;
  if (BOUNDS_MS[index - 1]! >= ms) return index - 1;
  return index < BUCKETS && BOUNDS_MS[index]! < ms ? index + 1 : index;
}

/** As if those of a bucket lay at equal ratios from each other. */
function within(index: number, part: number): number {
  const bound = BOUNDS_MS[index]!;
  return index === 0 ? bound * part : bound * 2 ** ((part - 1) / STEPS);
}
