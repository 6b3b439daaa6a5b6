/** What a route has to keep, measured over the window of its RouteStats. */
export interface Objective {
  /** Share of requests that do not fail through our fault. */
  readonly availability: number;
  /** 99 of 100 requests are answered within so many milliseconds. */
  readonly p99Ms: number;
}

/** By route; what is not given is the default's. */
export type Objectives = (route: string) => Objective;

export const DEFAULT_OBJECTIVE: Objective = { availability: 0.995, p99Ms: 1_000 };

export function objectives(
  routes: Readonly<Record<string, Partial<Objective>>> = {},
  standard: Partial<Objective> = {},
): Objectives {
  const base = { ...DEFAULT_OBJECTIVE, ...standard };
  const own = new Map(Object.entries(routes).map(([route, part]) => [route, { ...base, ...part }]));
  return (route) => own.get(route) ?? base;
}
