import { type ComponentType, createElement, lazy, useState } from "react";

/** One page of the console. Its screen is loaded when somebody opens it. */
export interface ConsolePage {
  /** Below /console, as wouter matches it. */
  readonly path: string;
  readonly screen: ComponentType;
  /** Begins to load the screen before it is rendered. */
  load(): Promise<unknown>;
  /** What the screen shows without any filter, below /console/api, where it is one answer and the path alone says which. */
  readonly shows: string | null;
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
  page("/", () => import("./screens/now/now-screen.tsx"), "/now"),
  page("/map", () => import("./screens/map/map-screen.tsx"), "/map"),
  page("/modules", () => import("./screens/module/modules-screen.tsx"), "/modules"),
  page("/modules/:name", () => import("./screens/module/module-screen.tsx")),
  page("/traces", () => import("./screens/traces/traces-screen.tsx")),
  page("/traces/:traceId", () => import("./screens/traces/trace-screen.tsx")),
  page("/jobs", () => import("./screens/jobs/jobs-screen.tsx")),
  page("/jobs/:id", () => import("./screens/jobs/job-screen.tsx")),
  page("/events", () => import("./screens/events/events-screen.tsx"), "/events"),
  page("/database", () => import("./screens/database/database-screen.tsx"), "/database"),
  page("/deploys", () => import("./screens/deploys/deploys-screen.tsx")),
  page("/audit", () => import("./screens/audit/audit-screen.tsx")),
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

/** React shows what stands in for a lazy screen at least 300 ms, even when it is there: one that is loaded is not lazy. */
function page(
  path: string,
  open: () => Promise<{ default: ComponentType }>,
  shows: string | null = null,
): ConsolePage {
  let loaded: ComponentType | null = null;
  const load = async () => {
    const screen = await open();
    loaded = screen.default;
    return screen;
  };
  const whenLoaded = lazy(load);
  const screen = () => {
    const [found] = useState<ComponentType>(() => loaded ?? whenLoaded);
    return createElement(found);
  };
  return { path, load, shows, screen };
}
