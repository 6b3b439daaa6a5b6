import type { ActivityKind, ActivitySum, ActivityTotal } from "ashlar/module";
import type { Work } from "../../api/work.ts";

export const NO_WORK: Work = { count: 0, perSecond: 0, failed: 0, errorShare: 0, p50Ms: null, p99Ms: null };

export function workOf(sum: ActivitySum | undefined, seconds: number): Work {
  if (sum === undefined || sum.count === 0) return NO_WORK;
  const { count, failed, p50Ms, p99Ms } = sum;
  return { count, perSecond: count / seconds, failed, errorShare: failed / count, p50Ms, p99Ms };
}

/** By kind, module and name; of a module as a whole without a name. */
export function worksOf(
  totals: readonly ActivityTotal[],
  seconds: number,
): (kind: ActivityKind, module: string, name?: string) => Work {
  const keyOf = (kind: ActivityKind, module: string, name: string) => `${kind} ${module} ${name}`;
  const works = new Map(
    totals.map((total) => [keyOf(total.kind, total.module, total.name), workOf(total, seconds)]),
  );
  return (kind, module, name = "") => works.get(keyOf(kind, module, name)) ?? NO_WORK;
}

/**
 * Several kinds of work as one. Durations are those of the first, for a job that takes a minute says nothing of an
 * operation that takes a millisecond; only where there were no operations they are those of the next.
 */
export function together(works: readonly Work[]): Work {
  const count = works.reduce((total, work) => total + work.count, 0);
  if (count === 0) return NO_WORK;
  const failed = works.reduce((total, work) => total + work.failed, 0);
  const timed = works.find((work) => work.count > 0)!;
  return {
    count,
    perSecond: works.reduce((total, work) => total + work.perSecond, 0),
    failed,
    errorShare: failed / count,
    p50Ms: timed.p50Ms,
    p99Ms: timed.p99Ms,
  };
}

/** Several of one kind as one, as slow as the slowest. */
export function slowestOf(works: readonly Work[]): Work {
  const slowest = (key: "p50Ms" | "p99Ms") =>
    works.reduce<number | null>(
      (most, { [key]: ms }) => (ms !== null && ms > (most ?? -1) ? ms : most),
      null,
    );
  return { ...together(works), p50Ms: slowest("p50Ms"), p99Ms: slowest("p99Ms") };
}
