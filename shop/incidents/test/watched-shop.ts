import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Firing,
  firingChecks,
  HealthMonitor,
  objectives,
  RouteWindow,
  watchedPool,
} from "ashlar/health";
import { serve } from "ashlar/http";
import { createLog } from "ashlar/telemetry";
import { readConfiguration } from "../../hosts/monolith/configuration.ts";
import { ensureDemo } from "../../hosts/monolith/demo.ts";
import type { Outside } from "../../hosts/monolith/shop.ts";
import { startShop } from "../../hosts/monolith/start-shop.ts";
import { newDatabase } from "../../test/test-databases.ts";

const LOGIN_PASSWORD = "of the shop that has incidents";
/** Nobody listens there; what is paid waits for its attempt to come. */
const OUTSIDE: Outside = {
  payments: { url: "http://127.0.0.1:9", key: "none", webhookSecret: "the secret of nobody's notices" },
  mailer: { send: async () => "sent" },
  unpaidMinutes: 30,
};

/** The real shop in this process, and a monitor whose clock the test moves on. */
export interface WatchedShop extends AsyncDisposable {
  readonly url: string;
  readonly databaseUrl: string;
  readonly monitor: HealthMonitor;
  /** One round, so much later by the clock of the monitor. */
  look(afterMs?: number): Promise<readonly Firing[]>;
}

export async function openWatchedShop(databaseUrl?: string): Promise<WatchedShop> {
  const all = new AsyncDisposableStack();
  try {
    const home = mkdtempSync(join(tmpdir(), "ashlar-incident-"));
    all.defer(() => rmSync(home, { recursive: true, force: true }));
    const configuration = readConfiguration({
      DATABASE_URL: databaseUrl ?? (await newDatabase()),
      DATABASE_LOGIN_PASSWORD: process.env.SHOP_TEST_LOGIN_PASSWORD ?? LOGIN_PASSWORD,
      ASHLAR_HOME: home,
      PORT: "0",
    });
    const url = configuration.database.kind === "given" ? configuration.database.url.reveal() : "";
    const shop = await startShop(configuration, OUTSIDE, createLog({ level: "silent" }));
    all.defer(() => shop.stop());
    const { app } = shop;
    await ensureDemo(app, configuration);
    const edge = await serve(app, { host: "127.0.0.1", port: 0 });
    all.defer(() => edge.stop());
    const worker = await app.work();
    all.defer(() => worker.stop());
    let ahead = 0;
    const now = () => Date.now() + ahead;
    const monitor = new HealthMonitor({
      // Every check in every round: a test makes more of them than a running shop does.
      checks: firingChecks().map((check) => ({ ...check, everyMs: 0 })),
      url,
      scene: {
        app: app.name,
        modules: app.graph.modules.map(({ name }) => name),
        pools: [watchedPool("requests", () => app.pool)],
        routeStats: new RouteWindow(app.telemetry.metrics, { now }).stats,
        objectives: objectives(),
        now,
      },
    });
    all.defer(() => monitor.stop());
    return {
      url: edge.url,
      databaseUrl: url,
      monitor,
      async look(afterMs = 0) {
        ahead += afterMs;
        await monitor.look();
        return monitor.now().firing;
      },
      [Symbol.asyncDispose]: () => all.disposeAsync(),
    };
  } catch (error) {
    await all.disposeAsync();
    throw error;
  }
}
