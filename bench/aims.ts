import { type Result, ratioUnit } from "./harness.ts";

/** What a figure should reach, for the line below the table that says whether it has. */
export interface Aim {
  readonly row: string;
  readonly system: string;
  readonly unit: string;
  /** The figure is how many times that of this system it is, not the figure itself. */
  readonly timesThatOf?: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** Null when the row, or the system to compare with, was not measured. */
export function figureOf(aim: Aim, results: readonly Result[]): number | null {
  const median = (system: string, unit: string) =>
    results.find((result) => result.row === aim.row && result.system === system && result.unit === unit)
      ?.median;
  const { system, unit, timesThatOf } = aim;
  if (timesThatOf === undefined) return median(system, unit) ?? null;
  const direct = median(system, ratioUnit(unit, timesThatOf));
  // Ratios are taken to one system of a row, which may be this one.
  const inverse = median(timesThatOf, ratioUnit(unit, system));
  return direct ?? (inverse === undefined ? null : 1 / inverse);
}

/** One line for each aim that was measured: `met     drain: jobs/s 2.41 times graphile-worker (at least 2)`. */
export function aimLines(aims: readonly Aim[], results: readonly Result[]): string[] {
  return aims.flatMap((aim) => {
    const figure = figureOf(aim, results);
    if (figure === null) return [];
    const { row, unit, timesThatOf, atLeast, atMost } = aim;
    const isMet = (atLeast === undefined || figure >= atLeast) && (atMost === undefined || figure <= atMost);
    const bounds = [
      ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
      ...(atMost === undefined ? [] : [`at most ${atMost}`]),
    ].join(", ");
    const value = `${Number(figure.toPrecision(3))}${timesThatOf === undefined ? "" : ` times ${timesThatOf}`}`;
    return [`${isMet ? "met   " : "MISSED"}  ${row}: ${unit} ${value} (${bounds})`];
  });
}
