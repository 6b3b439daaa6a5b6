import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App } from "../../src/module/index.ts";
import {
  type ConnectionAddress,
  type EmbeddedPostgres,
  prepareDatabase,
  startEmbeddedPostgres,
} from "../../src/postgres/index.ts";
import { createTestDatabase, LOGIN_PASSWORD } from "../../src/testing/test-database.ts";

/** Where the app of a trial keeps its data. */
export interface TrialDatabase {
  /** As superuser. */
  readonly url: string;
  /** As the app's login. */
  readonly connection: ConnectionAddress;
  stop(): Promise<void>;
}

/** A database on the server of the test run. */
export async function sharedDatabase(app: App): Promise<TrialDatabase> {
  const database = await createTestDatabase(app.databaseModel);
  return {
    url: database.url,
    connection: addressIn(database.url, app.name, LOGIN_PASSWORD),
    stop: () => database.drop(),
  };
}

/** On a server of its own, which may be restarted. It is durable: what was committed must survive. */
export class OwnServer implements TrialDatabase {
  readonly url: string;
  readonly connection: ConnectionAddress;
  readonly #directory: string;
  #server: EmbeddedPostgres;

  private constructor(directory: string, server: EmbeddedPostgres, app: App) {
    this.#directory = directory;
    this.#server = server;
    this.url = server.url;
    this.connection = addressIn(server.url, app.name, LOGIN_PASSWORD);
  }

  static async start(app: App): Promise<OwnServer> {
    const directory = mkdtempSync(join(tmpdir(), "ashlar-faults-"));
    const own = new OwnServer(directory, await open(directory), app);
    await prepareDatabase({ adminUrl: own.url, model: app.databaseModel, loginPassword: LOGIN_PASSWORD });
    return own;
  }

  /** `fast` cuts all sessions and writes a checkpoint; after `immediate` the server has to recover. */
  async restart(mode: "fast" | "immediate"): Promise<void> {
    process.kill(this.#server.pid, mode === "fast" ? "SIGINT" : "SIGQUIT");
    await this.#server.stop();
    this.#server = await open(this.#directory);
    if (this.#server.url !== this.url) throw new Error("The server came back somewhere else.");
  }

  async stop(): Promise<void> {
    await this.#server.stop();
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 20 });
  }
}

function open(directory: string): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({
    directory: join(directory, "postgres"),
    preparedDirectory: join(import.meta.dirname, "../../../.ashlar/test/prepared-cluster"),
    database: "faults",
  });
}

function addressIn(url: string, user: string, password: string): ConnectionAddress {
  const { hostname, port, pathname } = new URL(url);
  return { host: hostname, port: Number(port), database: pathname.slice(1), user, password };
}
