import type { Firing } from "ashlar/health";
import type { ActivityTotal, ModuleDescription } from "ashlar/module";
import type { AffectedRoute, FiringView } from "../../api/now.ts";

/** What requests did since something began, and just as they were before. */
export interface RoutesSince {
  readonly since: readonly ActivityTotal[];
  readonly before: readonly ActivityTotal[];
}

const LEAST_FAILED = 2;
const FAILING_SHARE = 0.005;
const LEAST_REQUESTS = 10;
const SLOW_MS = 1_000;
/** So many times as long as before, if that can be felt. */
const SLOWER = 3;
const FELT_MS = 100;
const MOST_ROUTES = 8;
const ROUTE_CHECKS: ReadonlySet<string> = new Set(["route-errors", "route-latency"]);

/** The routes that fail, or are slow, by what all instances counted; the worst first. */
export function affectedRoutes({ since, before }: RoutesSince): AffectedRoute[] {
  return since
    .filter(
      (route) =>
        isFailing(route) ||
        isSlow(
          route,
          before.find(({ name }) => name === route.name),
        ),
    )
    .map(({ name, module, count, failed, p99Ms }) => ({
      route: name,
      module: module || null,
      errorShare: failed / count,
      p99Ms,
    }))
    .sort((one, other) => other.errorShare - one.errorShare || (other.p99Ms ?? 0) - (one.p99Ms ?? 0));
}

function isFailing({ count, failed }: ActivityTotal): boolean {
  return failed >= LEAST_FAILED && failed / count >= FAILING_SHARE;
}

function isSlow({ count, p99Ms }: ActivityTotal, before: ActivityTotal | undefined): boolean {
  if (count < LEAST_REQUESTS || p99Ms === null) return false;
  const usual = before?.p99Ms ?? null;
  return p99Ms >= SLOW_MS || (usual !== null && p99Ms >= FELT_MS && p99Ms >= SLOWER * usual);
}

/**
 * Who may suffer from a firing: the modules that depend on the one it concerns, and the affected routes of any of them.
 * Of a firing that concerns no module, all affected routes. What this process saw fire on a route is among them even
 * while nothing can be read.
 */
export function blastOf(
  firing: Firing,
  all: readonly Firing[],
  affected: readonly AffectedRoute[],
  modules: readonly ModuleDescription[],
): FiringView["blast"] {
  const dependents = firing.module === null ? [] : dependentsOf(firing.module, modules);
  const concerned = new Set([firing.module, ...dependents]);
  const seenHere = all
    .filter(({ check }) => ROUTE_CHECKS.has(check))
    .filter(({ subject }) => !affected.some(({ route }) => route === subject))
    .map(({ subject, module }): AffectedRoute => ({ route: subject, module, errorShare: 0, p99Ms: null }));
  const routes = [...seenHere, ...affected].filter(({ route, module }) =>
    ROUTE_CHECKS.has(firing.check)
      ? route === firing.subject
      : firing.module === null || (module !== null && concerned.has(module)),
  );
  return { routes: routes.slice(0, MOST_ROUTES), modules: dependents };
}

/** Those that call the module or read its views, and those that do so with them, the nearest first. */
function dependentsOf(module: string, modules: readonly ModuleDescription[]): string[] {
  const found = [module];
  for (const each of found) {
    for (const { name, uses, reads } of modules) {
      if (found.includes(name)) continue;
      if (uses.includes(each) || reads.some((view) => view.startsWith(`${each}.`))) found.push(name);
    }
  }
  return found.slice(1);
}
