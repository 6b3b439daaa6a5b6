import type { App } from "../module/index.ts";
import type { Exchange } from "./exchange.ts";
import { JSON_TYPE } from "./operation-endpoint.ts";
import { Refusal } from "./problem.ts";
import type { Traffic } from "./traffic.ts";

/** How long the database may take to answer before this instance is not ready. */
const PING_LIMIT_MS = 1_000;

interface Checks {
  readonly edge: "serving" | "draining";
  readonly database?: "ok" | "failed";
}

/** Liveness: the process runs and its event loop turns. Nothing else is looked at, or one bad day of the database
 *  would have every instance restarted. */
export async function answerLive(exchange: Exchange): Promise<void> {
  exchange.answer(200, LIVE, JSON_TYPE);
}

const LIVE = JSON.stringify({ status: "live" });

/** Readiness: whether requests should be sent here. Probes that come together share one look at the database. */
export class Readiness {
  readonly #app: App;
  readonly #traffic: Traffic;
  #looking: Promise<boolean> | null = null;

  constructor(app: App, traffic: Traffic) {
    this.#app = app;
    this.#traffic = traffic;
  }

  readonly answer = async (exchange: Exchange): Promise<void> => {
    // The database is none of the matter any more, and may take its time to answer.
    if (this.#traffic.isDraining) throw notReady({ edge: "draining" });
    const checks: Checks = { edge: "serving", database: (await this.#databaseAnswers()) ? "ok" : "failed" };
    if (checks.database !== "ok") throw notReady(checks);
    exchange.answer(200, JSON.stringify({ status: "ready", checks }), JSON_TYPE);
  };

  #databaseAnswers(): Promise<boolean> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #look(): Promise<boolean> {
    const { promise: tooLate, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(resolve, PING_LIMIT_MS, false);
    try {
      const ping = this.#app.pool.ping(Date.now() + PING_LIMIT_MS).then(() => true);
      return await Promise.race([ping, tooLate]);
    } catch {
      // Unreachable, or not started yet: the answer says so, and the pool reports the reason where it happens.
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
}

function notReady(checks: Checks): Refusal {
  return new Refusal("NOT_READY", { data: { checks } });
}
