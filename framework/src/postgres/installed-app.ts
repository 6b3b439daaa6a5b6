import { type AdminClient, withAdmin } from "./admin-connection.ts";
import type { ConnectionAddress } from "./connection.ts";
import { DatabaseError } from "./errors.ts";
import { SYSTEM_SCHEMA, workerRole } from "./roles.ts";

/** An app as its database knows it; to find it takes none of its code. */
export interface InstalledApp {
  readonly app: string;
  /** Modules with queues, in the order of their names. */
  readonly modules: readonly string[];
  /** For a pool that works under the worker role: the administrator's own connection. */
  readonly connection: ConnectionAddress;
}

/**
 * Finds the app in a database and makes sure that the administrator may act under its worker role. Throws
 * ASHLAR_NOT_INSTALLED when there is no app in the database.
 */
export async function findInstalledApp(adminUrl: string): Promise<InstalledApp> {
  return await withAdmin(adminUrl, async (client) => {
    const app = await appOf(client);
    await becomeWorker(client, app);
    const { rows } = await client.query<{ name: string }>(
      `select n.nspname as name
         from pg_namespace n
         join pg_class c on c.relnamespace = n.oid and c.relname = '_jobs' and c.relkind = 'r'
        where pg_get_userbyid(n.nspowner) = $1 || '_' || n.nspname || '_owner'
        order by n.nspname collate "C"`,
      [app],
    );
    return { app, modules: rows.map(({ name }) => name), connection: addressOfClient(client) };
  });
}

async function appOf(client: AdminClient): Promise<string> {
  const { rows } = await client.query<{ owner: string }>(
    "select pg_get_userbyid(nspowner) as owner from pg_namespace where nspname = $1",
    [SYSTEM_SCHEMA],
  );
  const suffix = `_${SYSTEM_SCHEMA}_owner`;
  const owner = rows[0]?.owner;
  if (owner?.endsWith(suffix)) return owner.slice(0, -suffix.length);
  throw new DatabaseError(
    "ASHLAR_NOT_INSTALLED",
    `There is no app of Ashlar in database ${client.database}: its schema ${SYSTEM_SCHEMA} is missing. ` +
      "Start the app on it once, or name another database.",
  );
}

/** Whoever made the roles may grant them, yet not act as them before he has granted them to himself. */
async function becomeWorker(client: AdminClient, app: string): Promise<void> {
  const role = workerRole(app);
  const { rows } = await client.query<{ may: boolean }>(
    "select pg_has_role(current_user, $1, 'SET') as may",
    [role],
  );
  if (rows[0]?.may === true) return;
  try {
    await client.query(`grant ${role} to current_user with inherit false, set true`);
  } catch (cause) {
    throw new DatabaseError(
      "ASHLAR_NOT_ADMINISTRATOR",
      `${client.user} may not act as ${role}, so it cannot administer the queues of ${app}. ` +
        "Connect as the administrator that the app is started with.",
      { cause },
    );
  }
}

function addressOfClient(client: AdminClient): ConnectionAddress {
  const { host, port, user, password, ssl } = client;
  return {
    host,
    port,
    database: client.database ?? "",
    user: user ?? "",
    ...(typeof password === "string" ? { password } : {}),
    ...(ssl ? { ssl } : {}),
  };
}
