import { type PartRoute, type PartTools, Refusal } from "ashlar/http";
import { actorKey } from "ashlar/module";
import type { ActionBegun, ActionDone } from "../../api/audit.ts";
import type { Gate } from "../access/gate.ts";
import type { ActEndpoint, ActOutcome } from "../endpoint.ts";
import { inTime } from "../in-time.ts";
import { API, JSON_TYPE } from "../reading/read-route.ts";
import type { ActionRuns } from "./action-run.ts";
import { modulesIn } from "./modules-in.ts";

const WAIT_MS = 2_000;
const HOUR_MS = 3_600_000;
const REASON = { least: 3, most: 500 };

export interface ActRouteParts {
  readonly endpoint: ActEndpoint;
  readonly gate: Gate;
  readonly runs: ActionRuns;
  readonly tools: PartTools;
  /** What takes longer goes on in the background. Default 2,000. */
  readonly waitMs?: number | undefined;
}

/** Serves an action to operators. */
export function actRoute({ endpoint, gate, runs, tools, waitMs = WAIT_MS }: ActRouteParts): PartRoute {
  return {
    method: "POST",
    path: `${API}${endpoint.path}`,
    answer: async (exchange, rawParams) => {
      const { actor, access } = await gate.admitOperator(exchange);
      const { deadline, incoming } = exchange;
      const params = rawParams as Record<string, string>;
      const query = new URL(incoming.url ?? "/", "http://console").searchParams;
      const { input, reason, dryRun } = bodyOf(endpoint, await tools.readJson(exchange));
      const about = { params, query, actor, access, deadline, input, reason, dryRun };
      if (dryRun) {
        const { signal } = new AbortController();
        const outcome = await endpoint.act({ ...about, signal, progress: () => {} });
        exchange.answer(200, JSON.stringify(doneOf(null, outcome)), JSON_TYPE);
        return;
      }
      // Nobody waits for it any more: what is not begun yet is not begun.
      if (exchange.isOver) return;
      const run = await runs.begin(
        {
          actor: actorKey(actor),
          action: endpoint.action,
          modules: modulesIn(params, input),
          reason,
          input: Object.keys(params).length === 0 ? input : { ...params, ...(input as object) },
        },
        deadline,
        // In the background nobody waits; its statements have the limits of the connections.
        ({ signal, progress }) =>
          endpoint.act({ ...about, deadline: Date.now() + HOUR_MS, signal, progress }),
      );
      const outcome = await inTime(run.outcome, waitMs);
      const begun: ActionBegun = { id: run.id };
      if (outcome === null) exchange.answer(202, JSON.stringify(begun), JSON_TYPE);
      else exchange.answer(200, JSON.stringify(doneOf(run.id, outcome)), JSON_TYPE);
    },
  };
}

function doneOf(id: string | null, { count, isAtLeast = false, summary }: ActOutcome): ActionDone {
  return { id, count, isAtLeast, summary };
}

/** Throws a Refusal that names all that is wrong. */
function bodyOf(endpoint: ActEndpoint, body: unknown): { input: unknown; reason: string; dryRun: boolean } {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new Refusal("REQUEST_INVALID", { errors: [{ path: "/body", message: "must be an object" }] });
  }
  const { reason: given, dryRun = false, ...rest } = body as Record<string, unknown>;
  const reason = typeof given === "string" ? given.trim() : dryRun === true ? "dry run" : "";
  const errors = [];
  if (reason.length < REASON.least || reason.length > REASON.most) {
    const message = `must be a text of ${REASON.least} to ${REASON.most} characters`;
    errors.push({ path: "/body/reason", message });
  }
  if (typeof dryRun !== "boolean") errors.push({ path: "/body/dryRun", message: "must be true or false" });
  let input: unknown;
  try {
    input = endpoint.parse(rest);
  } catch (error) {
    if (!(error instanceof Refusal) || error.problem.errors === undefined) throw error;
    errors.push(...error.problem.errors);
  }
  if (errors.length > 0) throw new Refusal("REQUEST_INVALID", { errors });
  return { input, reason, dryRun: dryRun === true };
}
