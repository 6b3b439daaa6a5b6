export { type Edge, serve } from "./edge.ts";
export { EdgeError, type EdgeErrorCode } from "./edge-error.ts";
export type { ApiInfo, EdgeOptions } from "./limits.ts";
export type { MetricsAccess } from "./metrics-endpoint.ts";
export { type OpenApiDocument, openApi } from "./openapi.ts";
export { problemType } from "./problem.ts";
export { type ProblemCode, problemCatalogue } from "./problem-catalogue.ts";
