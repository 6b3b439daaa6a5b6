const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Milliseconds from a failed attempt to the next: attempt^4 seconds, at most a day, and 10 % more or less so that what
 * failed together does not come back together. Twenty attempts take about six days, a weekend and time to mend.
 */
export function defaultBackoff(attempt: number): number {
  return Math.round(Math.min(attempt ** 4 * 1000, DAY_MS) * (0.9 + Math.random() * 0.2));
}
