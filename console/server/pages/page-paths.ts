/** Every page of the console, below the root, as the edge's router takes them; the pages route by themselves. */
export const PAGE_PATHS = [
  "/console/",
  "/console/map",
  "/console/modules",
  "/console/modules/{name}",
  "/console/traces",
  "/console/traces/{traceId}",
  "/console/jobs",
  "/console/jobs/{id}",
  "/console/events",
  "/console/database",
  "/console/deploys",
  "/console/audit",
  "/console/sign-in",
] as const;
