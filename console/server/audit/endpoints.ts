import { type PartRoute, Refusal } from "ashlar/http";
import type { Gate } from "../access/gate.ts";
import type { Endpoint } from "../endpoint.ts";
import type { Ground } from "../ground.ts";
import { API, JSON_TYPE } from "../reading/read-route.ts";
import { ActionLog, type AuditFilter } from "./action-log.ts";

const FILTERS = ["actor", "action", "module", "before"] as const;

export function auditEndpoints(ground: Ground): readonly Endpoint[] {
  const log = new ActionLog(ground);
  return [
    {
      kind: "read",
      path: "/audit",
      read: async ({ query, deadline }) => await log.page(filterOf(query), deadline),
    },
  ];
}

function filterOf(query: URLSearchParams): AuditFilter {
  const unknown = [...query.keys()].filter((key) => !FILTERS.includes(key as never));
  if (unknown.length > 0) {
    throw new Refusal("REQUEST_INVALID", {
      errors: unknown.map((key) => ({ path: `/query/${key}`, message: "is not a known filter" })),
    });
  }
  // An empty filter is a field of the form that was left empty.
  return Object.fromEntries(FILTERS.flatMap((key) => (query.get(key) ? [[key, query.get(key)!]] : [])));
}

/** Without a `Shown`: who waits for an action wants to know where it is, not where it was. */
export function actionRoute(log: ActionLog, gate: Gate): PartRoute {
  return {
    method: "GET",
    path: `${API}/actions/{id}`,
    isQuiet: true,
    answer: async (exchange, params) => {
      await gate.admitReader(exchange);
      const record = await log.find((params as { id: string }).id, exchange.deadline);
      exchange.answer(200, JSON.stringify(record), JSON_TYPE);
    },
  };
}
