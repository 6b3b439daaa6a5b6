export { type Edge, serve } from "./edge.ts";
export { EdgeError, type EdgeErrorCode } from "./edge-error.ts";
export type { EdgePart, PartRoute, PartTools } from "./edge-part.ts";
export type { Endpoint, Exchange } from "./exchange.ts";
export type { ApiInfo, EdgeOptions } from "./limits.ts";
export type { MetricsAccess } from "./metrics-endpoint.ts";
export { type OpenApiDocument, openApi } from "./openapi.ts";
export { problemType, Refusal } from "./problem.ts";
export { type ProblemCode, problemCatalogue } from "./problem-catalogue.ts";
