import type { AnyRoute } from "../module/index.ts";
import type { Endpoint, Exchange } from "./exchange.ts";
import { jsonBody, type ParseJson } from "./json-body.ts";
import type { Limits } from "./limits.ts";
import type { ServedRoute } from "./router.ts";

/** Something that is served beside the routes of the modules, under paths of its own: the operator's console. */
export interface EdgePart {
  /** Called once, before the edge listens. */
  routes(tools: PartTools): readonly PartRoute[];
  /** Called when the edge begins to stop: what would last for ever, such as a stream of events, is to end. */
  close?(): void;
}

export interface PartTools {
  /** The JSON body of a request under the limits of the edge; undefined when it has none. Throws a Refusal. */
  readJson(exchange: Exchange): Promise<unknown>;
}

export interface PartRoute {
  readonly method: AnyRoute["method"];
  /** As in OpenAPI: `/console/api/jobs/{id}`. */
  readonly path: string;
  readonly answer: Endpoint;
  /** For what comes every few seconds: it is no span, and is logged at debug. */
  readonly isQuiet?: boolean;
  /** It lasts as long as its client stays. */
  readonly isStream?: boolean;
}

/** The routes of a part as the router takes them. They belong to no module. */
export function partRoutes(part: EdgePart, limits: Limits, parse: ParseJson): ServedRoute[] {
  const tools: PartTools = { readJson: ({ incoming }) => jsonBody(incoming, limits, parse) };
  return part.routes(tools).map(({ method, path, answer, isQuiet = false, isStream = false }) => ({
    method,
    path,
    manner: { route: path, spanName: `${method} ${path}`, module: "", isQuiet, isStream },
    endpoint: answer,
  }));
}
