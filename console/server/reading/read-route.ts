import type { PartRoute } from "ashlar/http";
import type { Gate } from "../access/gate.ts";
import type { ReadEndpoint } from "../endpoint.ts";
import type { LastKnown } from "./last-known.ts";

export const API = "/console/api";
export const JSON_TYPE = "application/json; charset=utf-8";

/** Serves a read endpoint to whoever is let in. */
export function readRoute(endpoint: ReadEndpoint, gate: Gate, lastKnown: LastKnown): PartRoute {
  return {
    method: "GET",
    path: `${API}${endpoint.path}`,
    isQuiet: true,
    answer: async (exchange, params) => {
      const { actor, access } = await gate.admitReader(exchange);
      const { deadline, incoming } = exchange;
      const url = new URL(incoming.url ?? "/", "http://console");
      const about = { params: params as Record<string, string>, query: url.searchParams };
      const text = await lastKnown.answer(keyOf(url), () =>
        endpoint.read({ ...about, actor, access, deadline }),
      );
      exchange.answer(200, text, JSON_TYPE);
    },
  };
}

/** Of an answer that is the same for all who may read it; with a plain path, the live stream's too. */
export function keyOf({ pathname, search }: Pick<URL, "pathname" | "search">): string {
  return `${pathname}${search}`;
}
