import { withAdmin } from "./admin-connection.ts";
import { checkDatabaseModel, type DatabaseModel } from "./database-model.ts";
import { databaseGrants } from "./layout.ts";
import {
  choosePassword,
  consoleLogin,
  getsIn,
  type LoginConnection,
  loginConnection,
  scramVerifier,
  setPassword,
} from "./login.ts";
import type { MigrationRun } from "./migration-run.ts";
import { migrate } from "./migrations.ts";
import { provision } from "./provision.ts";
import type { SoftWall } from "./provision-step.ts";
import { checkPublishedViews, syncPublishedViews } from "./published-views.ts";
import { syncQueueGrants } from "./queue-grants.ts";
import { SYSTEM_SCHEMA } from "./roles.ts";
import { findViolations, refuseViolations } from "./violations.ts";

export interface PrepareDatabaseOptions {
  /** A superuser, or the database's owner with CREATEROLE. Used for a moment; the app does not keep it. */
  readonly adminUrl: string;
  readonly model: DatabaseModel;
  /** For the app's login. Without it one is derived from the admin's, the same on every instance. */
  readonly loginPassword?: string | undefined;
  readonly log?: ((message: string) => void) | undefined;
}

export interface PreparedDatabase {
  /** For the app's pool. */
  readonly connection: LoginConnection;
  /** For the operator's console; null when the model is without the system schema. */
  readonly console: LoginConnection | null;
  /** Hardening that this server's owner does not allow; empty as a superuser. */
  readonly softWalls: readonly SoftWall[];
  /** What this call applied; empty when another instance did, or there was nothing to do. */
  readonly migrated: readonly MigrationRun[];
}

/**
 * Brings the database to what the model says: roles, schemas, grants, hardening, migrations, published
 * views. Call it at every start; with nothing to do it takes some tens of milliseconds and writes nothing.
 * Several instances may call it at once. Throws, before the app serves anything, if the database cannot be
 * reached or laid out, if the migrations do not fit it, or if something in it goes round a wall.
 */
export async function prepareDatabase(options: PrepareDatabaseOptions): Promise<PreparedDatabase> {
  const { adminUrl, model, loginPassword, log } = options;
  checkDatabaseModel(model);
  return await withAdmin(adminUrl, async (client) => {
    const connection = loginConnection(client, model.app, choosePassword(client, model.app, loginPassword));
    const consoleConnection = model.modules.some(({ name }) => name === SYSTEM_SCHEMA)
      ? consoleLogin(connection)
      : null;
    const softWalls = await provision(client, model, () => scramVerifier(connection.password));
    // Logging in takes as long as all the rest when nothing is to be done, so it runs beside it.
    const entrances = [connection, ...(consoleConnection === null ? [] : [consoleConnection])].map(
      (login) => ({ login, getsIn: getsIn(login) }),
    );
    for (const entrance of entrances) entrance.getsIn.catch(() => {});
    // First, so that a migration is not blamed for a grant that an earlier release needed.
    await syncPublishedViews(client, model);
    const migrated = await migrate(client, model, { adminUrl, log });
    await checkPublishedViews(client, model);
    await syncQueueGrants(client, model);
    refuseViolations(await findViolations(client, model), `Database ${connection.database}`);
    for (const entrance of entrances) {
      if (!(await entrance.getsIn)) await setPassword(client, entrance.login, loginPassword !== undefined);
    }
    return { connection, console: consoleConnection, softWalls, migrated };
  });
}

/** Opens a database that was cloned from a prepared one to the app: clones do not inherit who may connect. */
export async function applyDatabaseGrants(adminUrl: string, model: DatabaseModel): Promise<void> {
  await withAdmin(adminUrl, async (client) => {
    await client.query(databaseGrants(model.app, client.database ?? model.app));
  });
}
