/** Major releases and the first day without security fixes. */
export type Releases = Readonly<Record<number, string>>;

// https://github.com/nodejs/release#release-schedule
export const nodeReleases: Releases = {
  18: "2025-04-30",
  20: "2026-04-30",
  22: "2027-04-30",
  24: "2028-04-30",
  25: "2026-06-01",
  26: "2029-04-30",
};

// https://www.postgresql.org/support/versioning/
export const postgresReleases: Releases = {
  12: "2024-11-21",
  13: "2025-11-13",
  14: "2026-11-12",
  15: "2027-11-11",
  16: "2028-11-09",
  17: "2029-11-08",
  18: "2030-11-14",
};

const DAY_MS = 86_400_000;
/** Time enough to plan an upgrade. */
const AHEAD_DAYS = 180;

export type Support =
  | { readonly state: "supported" | "ending" | "ended"; readonly until: string }
  | { readonly state: "unknown" };

export function supportOf(releases: Releases, major: number, now: number): Support {
  const until = releases[major];
  if (until === undefined) return { state: "unknown" };
  const days = (Date.parse(until) - now) / DAY_MS;
  return { state: days <= 0 ? "ended" : days <= AHEAD_DAYS ? "ending" : "supported", until };
}
