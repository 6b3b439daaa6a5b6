import type { Sign } from "../firing.ts";
import { CannotLook, type ProcessCheck, type Scene } from "../firing-check.ts";
import type { RouteStats } from "../route-stats.ts";

/** One failure of three requests at night is no burst. */
const FEWEST_ERRORS = 3;
/** A 99th percentile of fewer is the slowest of them. */
const FEWEST_REQUESTS = 20;
/** So many times the allowed share of failures: whoever uses the route notices. */
const SEVERE_BURN = 10;
const SEVERE_SLOWNESS = 3;

export function routeErrors(): ProcessCheck {
  return {
    id: "route-errors",
    holds: "Every route fails as seldom as its objective allows",
    of: "process",
    look: (scene) => statsOf(scene).flatMap((stats) => errorsOf(stats, scene)),
  };
}

export function routeLatency(): ProcessCheck {
  return {
    id: "route-latency",
    holds: "Every route answers as fast as its objective asks",
    of: "process",
    look: (scene) => statsOf(scene).flatMap((stats) => slownessOf(stats, scene)),
  };
}

function statsOf({ routeStats }: Scene): readonly RouteStats[] {
  if (routeStats === null) throw new CannotLook("this process counts no requests");
  return routeStats();
}

function errorsOf(stats: RouteStats, { objectives }: Scene): Sign[] {
  const { route, requests, errors, codes = {} } = stats;
  const allowed = 1 - objectives(route).availability;
  const share = errors / requests;
  if (errors < FEWEST_ERRORS || share <= allowed) return [];
  const frequent = Object.entries(codes).sort(([, one], [, other]) => other - one);
  return [
    {
      subject: route,
      severity: share >= SEVERE_BURN * allowed ? "error" : "warning",
      title: `${route} fails too often`,
      evidence: [
        `${errors} of ${requests} requests failed (${percent(share)}); its objective allows ${percent(allowed)}`,
        ...frequent.slice(0, 5).map(([code, times]) => `${code}: ${times}`),
      ],
      module: stats.module || null,
      actions: [
        { does: "See what started before it: a deploy, a migration, a check that fires since longer" },
        { does: "Deploy the release before, if it began with a deploy" },
      ],
    },
  ];
}

function slownessOf(stats: RouteStats, { objectives }: Scene): Sign[] {
  const { route, requests, p99 } = stats;
  const { p99Ms } = objectives(route);
  if (requests < FEWEST_REQUESTS || p99 <= p99Ms) return [];
  return [
    {
      subject: route,
      severity: p99 >= SEVERE_SLOWNESS * p99Ms ? "error" : "warning",
      title: `${route} is slow`,
      evidence: [
        `one of 100 requests takes ${Math.round(p99)} ms or longer; its objective is ${p99Ms} ms`,
        `${requests} requests`,
      ],
      module: stats.module || null,
      actions: [
        {
          does: "See whether slow-statement, blocking or pool-saturated fire: they are causes of slow routes",
        },
      ],
    },
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.01 ? 2 : 1)} %`;
}
