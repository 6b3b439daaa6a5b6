import type { EdgePart, PartRoute, PartTools } from "ashlar/http";
import { Gate } from "./access/gate.ts";
import { sessionRoute } from "./access/session-route.ts";
import { signInRoutes } from "./access/sign-in-routes.ts";
import { actRoute } from "./audit/act-route.ts";
import { ActionLog } from "./audit/action-log.ts";
import { ActionRuns } from "./audit/action-run.ts";
import { actionRoute } from "./audit/endpoints.ts";
import type { ActEndpoint, Endpoint, ReadEndpoint } from "./endpoint.ts";
import { Live, type LiveParts } from "./live/live.ts";
import type { OpenedGround } from "./open-ground.ts";
import type { ConsoleOptions } from "./options.ts";
import { Pages } from "./pages/pages.ts";
import { LastKnown } from "./reading/last-known.ts";
import { readRoute } from "./reading/read-route.ts";

/** How the parts of the console are set up otherwise than usual: for tests, which do not wait for seconds. */
export interface ConsoleTuning {
  readonly live?: Omit<LiveParts, "gate" | "reads" | "lastKnown">;
  /** How long an action may take before its request is answered without it. */
  readonly actWaitMs?: number;
}

export interface ComposedConsole extends EdgePart {
  stop(): Promise<void>;
}

/** Puts the console together of what it answers and of who may ask. */
export function composeConsole(
  ground: OpenedGround,
  options: ConsoleOptions,
  endpoints: readonly Endpoint[],
  tuning: ConsoleTuning = {},
): ComposedConsole {
  const { app } = ground;
  const gate = new Gate(app, ground.executeAs, options, ground.now);
  const lastKnown = new LastKnown(ground.now);
  const log = new ActionLog(ground);
  const runs = new ActionRuns(log, ground.log);
  const reads = endpoints.filter((endpoint): endpoint is ReadEndpoint => endpoint.kind === "read");
  const acts = endpoints.filter((endpoint): endpoint is ActEndpoint => endpoint.kind === "act");
  const pages = new Pages(ground.log, options.pages);
  const live = new Live({ ...tuning.live, gate, reads, lastKnown });
  let stopped: Promise<void> | null = null;
  return {
    routes(tools: PartTools): readonly PartRoute[] {
      pages.open();
      return [
        sessionRoute(ground, gate),
        ...signInRoutes(app, ground.executeAs, gate, options, tools),
        ...reads.map((endpoint) => readRoute(endpoint, gate, lastKnown)),
        ...acts.map((endpoint) => actRoute({ endpoint, gate, runs, tools, waitMs: tuning.actWaitMs })),
        actionRoute(log, gate),
        live.route,
        ...pages.routes,
      ];
    },
    close: () => live.close(),
    stop() {
      stopped ??= (async () => {
        live.close();
        await pages.stop();
        await runs.stop();
        await ground.close();
      })();
      return stopped;
    },
  };
}
