import { randomInt } from "node:crypto";
import type { TestContext } from "node:test";

/** The seed of this run: a new one, or that of a run that is to be repeated. */
const SEED = Number(process.env.FAULT_SEED ?? randomInt(1_000_000));

const isLong = process.env.FAULT_FORM === "long";

/** What a length is in the form of the suite that runs: `npm test` takes the short one, `npm run faults` the long one. */
export function inForm<T>(lengths: { readonly short: T; readonly long: T }): T {
  return isLong ? lengths.long : lengths.short;
}

/** How long a fault goes on, in milliseconds. */
export const FAULTS_MS = Number(process.env.FAULT_SECONDS ?? inForm({ short: 2, long: 60 })) * 1000;

/** The randomness of one test. Processes and the database have a timing of their own, which no seed repeats. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Of this run's seed and the name of the test; reports the seed. */
  static of(test: TestContext): Dice {
    test.diagnostic(`FAULT_SEED=${SEED}`);
    let hash = SEED;
    for (const letter of test.name) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0;
    return new Dice(hash);
  }

  /** From 0, below 1. Mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` to `high`. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick<T>(from: readonly T[]): T {
    return from[this.between(0, from.length - 1)]!;
  }

  shuffled<T>(list: readonly T[]): T[] {
    const shuffled = [...list];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.between(0, i);
      [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
    }
    return shuffled;
  }
}
