import { Refusal } from "ashlar/http";
import type { TraceView } from "../../api/traces.ts";
import type { Endpoint } from "../endpoint.ts";
import type { Ground } from "../ground.ts";
import { NO_TRACE_ID, traceFilter, traceIdOf } from "./trace-filter.ts";
import { traceLogs } from "./trace-logs.ts";
import { searchTraces, traceNames } from "./trace-search.ts";
import { type StoredTrace, traceView } from "./trace-view.ts";

/** More processes and jobs than that follow from one request are told of, not shown. */
const MOST_PARTS = 50;

/** Kept traces: a search, what they are of, and one of them with all its parts. */
export function traceEndpoints({ app, execute }: Ground): readonly Endpoint[] {
  return [
    {
      kind: "read",
      path: "/traces",
      read: ({ query }) => searchTraces(execute, traceFilter(query)),
    },
    {
      kind: "read",
      path: "/trace-names",
      read: ({ query }) => traceNames(execute, traceFilter(query)),
    },
    {
      kind: "read",
      path: "/traces/{traceId}",
      read: async ({ params }): Promise<TraceView> => {
        const traceId = traceIdOf(params.traceId ?? "");
        if (traceId === null) {
          throw new Refusal("REQUEST_INVALID", {
            errors: [{ path: "/params/traceId", message: NO_TRACE_ID }],
          });
        }
        const rows = await partsOf(execute, traceId);
        if (rows.length === 0) {
          throw new Refusal("ROUTE_NOT_FOUND", {
            detail: "No part of this trace was kept, or it has been forgotten since.",
          });
        }
        return {
          ...traceView(traceId, rows.slice(0, MOST_PARTS), rows.length > MOST_PARTS),
          logs: traceLogs(app.telemetry.recentLines, traceId),
        };
      },
    },
  ];
}

async function partsOf(execute: Ground["execute"], traceId: string): Promise<readonly StoredTrace[]> {
  const { rows } = await execute<StoredTrace>({
    text: `select span_id as "spanId", remote_parent as "remoteParent", kind, module, name, reason,
        extract(epoch from started_at)::float8 * 1000 as "startedAt", duration_ms::float8 as "durationMs", failed,
        error, span_count as "spanCount", statement_count as "statementCount", is_partial as "isPartial", job, spans
      from ashlar.traces where trace_id = $1 order by started_at, id limit ${MOST_PARTS + 1}`,
    values: [traceId],
  });
  return rows;
}
