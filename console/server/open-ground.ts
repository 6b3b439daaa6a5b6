import { firingChecks, HealthMonitor, objectives, RouteWindow, watchedPool } from "ashlar/health";
import { QueueAdministration } from "ashlar/jobs";
import { type App, describeApp } from "ashlar/module";
import { consoleRole, Pool } from "ashlar/postgres";
import type { ExecuteAs } from "./access/gate.ts";
import type { Ground } from "./ground.ts";
import type { ConsoleOptions } from "./options.ts";

/** Whoever waits longer is shown the last that is known. */
const WAIT_TIMEOUT_MS = 2_000;

export interface OpenedGround extends Ground {
  /** On a connection of its own: when requests hold all of the app's, operators still get in. */
  readonly executeAs: ExecuteAs;
  /** Ends the looking and closes the connections. */
  close(): Promise<void>;
}

/** Opens the console's connections and begins to look after the app. The database need not answer yet. */
export function openGround(app: App, options: ConsoleOptions): OpenedGround {
  const { connection, root = null, release = app.release } = options;
  const log = app.log.child({ part: "console" });
  const role = consoleRole(app.name);
  const modules = app.graph.modules.map(({ name }) => name);
  const pool = new Pool({
    connection,
    applicationName: "ashlar console",
    max: 2,
    waitTimeoutMs: WAIT_TIMEOUT_MS,
    connectTimeoutMs: WAIT_TIMEOUT_MS,
    // To compile a bounded statement, or to start processes for it, takes longer than to run it.
    settings: { jit: "off", max_parallel_workers_per_gather: 0 },
    strictGate: app.pool.isStrict,
    onConnectionLost: (error) => log.debug({ err: error }, "a connection of the console was lost"),
  });
  const entrance = app.pool.reserve(1, "ashlar console sign-in");
  const monitor = new HealthMonitor({
    url: connection,
    checks: options.checks ?? firingChecks(),
    scene: {
      app: app.name,
      modules,
      pools: [watchedPool("requests", () => app.pool)],
      routeStats: new RouteWindow(app.telemetry.metrics).stats,
      objectives: options.objectives ?? objectives(),
      now: Date.now,
    },
  });
  monitor.start();
  return {
    app,
    description: describeApp(app.name, app.graph.modules, root ?? ""),
    pool,
    execute: (statement, deadline) => pool.execute(role, statement, deadline),
    queues: new QueueAdministration({ app: app.name, modules, pool, role }),
    executeAs: (actor, deadline) => (operation, input) =>
      app.execute(operation, input, { actor, deadline, pool: entrance }),
    monitor,
    log,
    root,
    release,
    now: Date.now,
    async close() {
      await monitor.stop();
      await Promise.all([pool.stop(), entrance.stop()]);
    },
  };
}
