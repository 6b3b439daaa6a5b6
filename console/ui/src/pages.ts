import { type ComponentType, type LazyExoticComponent, lazy } from "react";

/** One page of the console. Its screen is loaded when somebody opens it. */
export interface ConsolePage {
  /** Below /console, as wouter matches it. */
  readonly path: string;
  readonly screen: LazyExoticComponent<ComponentType>;
}

/** A page of the navigation, the palette and the keys. */
export interface Destination {
  readonly href: string;
  readonly label: string;
  /** After `g`. */
  readonly key: string;
  readonly icon: DestinationIcon;
}

export type DestinationIcon =
  | "now"
  | "map"
  | "modules"
  | "traces"
  | "jobs"
  | "events"
  | "database"
  | "deploys"
  | "audit";

/** Each screen is the default export of its file. */
export const PAGES: readonly ConsolePage[] = [
  { path: "/", screen: lazy(() => import("./screens/now/now-screen.tsx")) },
  { path: "/map", screen: lazy(() => import("./screens/map/map-screen.tsx")) },
  { path: "/modules", screen: lazy(() => import("./screens/module/modules-screen.tsx")) },
  { path: "/modules/:name", screen: lazy(() => import("./screens/module/module-screen.tsx")) },
  { path: "/traces", screen: lazy(() => import("./screens/traces/traces-screen.tsx")) },
  { path: "/traces/:traceId", screen: lazy(() => import("./screens/traces/trace-screen.tsx")) },
  { path: "/jobs", screen: lazy(() => import("./screens/jobs/jobs-screen.tsx")) },
  { path: "/jobs/:id", screen: lazy(() => import("./screens/jobs/job-screen.tsx")) },
  { path: "/events", screen: lazy(() => import("./screens/events/events-screen.tsx")) },
  { path: "/database", screen: lazy(() => import("./screens/database/database-screen.tsx")) },
  { path: "/deploys", screen: lazy(() => import("./screens/deploys/deploys-screen.tsx")) },
  { path: "/audit", screen: lazy(() => import("./screens/audit/audit-screen.tsx")) },
];

export const DESTINATIONS: readonly Destination[] = [
  { href: "/", label: "Now", key: "n", icon: "now" },
  { href: "/map", label: "Map", key: "m", icon: "map" },
  { href: "/traces", label: "Traces", key: "t", icon: "traces" },
  { href: "/jobs", label: "Jobs", key: "j", icon: "jobs" },
  { href: "/events", label: "Events", key: "e", icon: "events" },
  { href: "/database", label: "Database", key: "d", icon: "database" },
  { href: "/deploys", label: "Deploys", key: "p", icon: "deploys" },
  { href: "/audit", label: "Audit", key: "a", icon: "audit" },
];
