import type { App, BootReport } from "ashlar/module";
import { startEmbeddedPostgres } from "ashlar/postgres";
import type { Logger } from "pino";
import type { Configuration } from "./configuration.ts";
import { composeShop, type Outside } from "./shop.ts";

export interface StartedShop {
  readonly app: App;
  readonly report: BootReport;
  /** Where the data is, for people: names no password. */
  readonly database: string;
  /** Stops the app, then the embedded database unless another process uses it. May be called again. */
  stop(): Promise<void>;
}

/**
 * Brings the shop up to the point where operations can be executed: its database, then its app. What was started
 * before something failed is stopped again. `stopping` gives up between the two.
 */
export async function startShop(
  configuration: Configuration,
  outside: Outside,
  log: Logger,
  stopping?: AbortSignal,
): Promise<StartedShop> {
  // First, because it needs nothing: a fault in the composition is told without starting a database.
  const app = composeShop(outside, log, configuration.release);
  const stops: (() => Promise<void>)[] = [];
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= (async () => {
      for (const each of stops.reverse()) await each();
    })();
    return stopped;
  };
  try {
    const { adminUrl, database } = await openDatabase(configuration, log, stops);
    stopping?.throwIfAborted();
    stops.push(() => app.stop());
    const report = await app.start({
      adminUrl,
      ...(configuration.database.kind === "given" && configuration.database.loginPassword !== undefined
        ? { loginPassword: configuration.database.loginPassword.reveal() }
        : {}),
      poolOptions: {
        applicationName: "shop",
        onConnectionLost: (error) => log.warn({ err: error }, "a database connection was lost"),
        ...(configuration.poolSize === undefined ? {} : { max: configuration.poolSize }),
      },
    });
    return { app, report, database, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openDatabase(
  { database }: Configuration,
  log: Logger,
  stops: (() => Promise<void>)[],
): Promise<{ adminUrl: string; database: string }> {
  if (database.kind === "given") {
    const url = database.url.reveal();
    const { hostname, port, pathname } = new URL(url);
    return {
      adminUrl: url,
      database: `PostgreSQL at ${hostname || "localhost"}:${port || 5432}${pathname}`,
    };
  }
  const server = await startEmbeddedPostgres({
    directory: database.directory,
    database: "shop",
    log: (message) => log.warn(message),
  });
  stops.push(() => server.stop());
  return {
    adminUrl: server.url,
    database: `embedded PostgreSQL on port ${server.port}, data in ${database.directory}`,
  };
}
