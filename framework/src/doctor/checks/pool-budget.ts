import { QUEUE_CONNECTIONS, WORKER_DEFAULTS } from "../../jobs/index.ts";
import { consoleRole, POOL_DEFAULTS, rolesOf, SYSTEM_SCHEMA } from "../../postgres/index.ts";
import type { App } from "../app.ts";
import { appCheck } from "../check.ts";
import { error, ok } from "../finding.ts";
import { settingsOf } from "./setting.ts";

const SURGE = 0.25;
/** One migrates while another holds the lock of its migrations. */
const MIGRATIONS = 2;
/** Of each instance that serves the operator's console: two to read, one to look, one to let people in. */
const CONSOLE = 4;
/** For whoever looks what is wrong when all others are taken. */
const ADMINISTRATORS = 5;

export const poolBudget = appCheck({
  id: "pool-budget",
  holds: "The server has connections for all instances",
  async look(app) {
    const { deployment } = app;
    const surge = deployment.surge ?? SURGE;
    const pool = deployment.pool ?? POOL_DEFAULTS.max;
    const running = deployment.instances === undefined ? await countInstances(app) : null;
    const instances = deployment.instances ?? Math.max(1, running ?? 0);
    const atOnce = Math.ceil(instances * (1 + surge));
    const each = pool + QUEUE_CONNECTIONS + CONSOLE;
    const limits = await limitsOf(app);
    const own = atOnce * each;
    const needed = own + MIGRATIONS + limits.others;
    const given = limits.maximum - limits.superuser - limits.reserved - ADMINISTRATORS;
    const evidence = [
      `${instances} ${instances === 1 ? "instance" : "instances"}` +
        `${running === null ? "" : running === 0 ? " (none runs now)" : " (working on jobs now)"} × (1 + ${surge} surge) = ${atOnce} at once`,
      `${atOnce} × (pool ${pool} + jobs ${QUEUE_CONNECTIONS} + console ${CONSOLE}) = ${own}`,
      `+ migrations ${MIGRATIONS} + taken by others now ${limits.others} = ${needed} needed`,
      `max_connections ${limits.maximum} − superuser_reserved_connections ${limits.superuser} − reserved_connections ${limits.reserved} ` +
        `− kept for administrators ${ADMINISTRATORS} = ${given} to give`,
    ];
    const most = Math.floor((given - MIGRATIONS - limits.others) / atOnce) - QUEUE_CONNECTIONS - CONSOLE;
    const symptoms = [];
    if (needed > given) {
      symptoms.push(
        error(
          "The server has not enough connections for all instances",
          [
            ...evidence,
            "the last to ask gets 53300 (too many clients), most likely in the middle of a deploy",
          ],
          `${most >= 1 ? `Make the pool of each instance ${most} at most, or r` : "R"}aise max_connections to ${limits.maximum + needed - given} ` +
            `(alter system set max_connections = ${limits.maximum + needed - given}; and restart the server), or run fewer instances. ` +
            "More than twice the server's cores work at once seldom helps: put a pooler in between.",
        ),
      );
    }
    for (const { name, limit, sql } of limits.caps) {
      if (limit >= own) continue;
      symptoms.push(
        error(
          `${name} may have fewer connections than the instances take`,
          [`its CONNECTION LIMIT is ${limit}; they take ${own}`, ...evidence.slice(0, 2)],
          sql,
        ),
      );
    }
    return symptoms.length > 0 ? symptoms : [ok("The server has connections for all instances", evidence)];
  },
});

/** Those that work on jobs; of others the database shows nothing. */
async function countInstances({ rowsAs, model }: App): Promise<number> {
  const [found] = await rowsAs<{ count: number }>(
    rolesOf(model.app, SYSTEM_SCHEMA).owner,
    `select count(*)::integer as count from ${SYSTEM_SCHEMA}.workers
     where seen_at > now() - make_interval(secs => $1)`,
    [WORKER_DEFAULTS.leaseMs / 1000],
  );
  return found!.count;
}

interface Limits {
  readonly maximum: number;
  readonly superuser: number;
  readonly reserved: number;
  /** Of other databases, and of users here who are neither the app's login nor its console's. */
  readonly others: number;
  readonly caps: readonly { readonly name: string; readonly limit: number; readonly sql: string }[];
}

async function limitsOf(app: App): Promise<Limits> {
  const settings = await settingsOf(
    app,
    "max_connections",
    "superuser_reserved_connections",
    "reserved_connections",
  );
  const of = (name: string) => Number(settings.get(name) ?? 0);
  const [found] = await app.rows<{ others: number; role: number | null; database: number }>(
    `select
       (select count(*)::integer from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid()
          and (datname is distinct from current_database() or usename is null or usename not in ($1, $2))) as others,
       (select rolconnlimit from pg_roles where rolname = $1) as role,
       (select datconnlimit from pg_database where datname = current_database()) as database`,
    [app.model.app, consoleRole(app.model.app)],
  );
  const { others, role, database } = found!;
  return {
    maximum: of("max_connections"),
    superuser: of("superuser_reserved_connections"),
    reserved: of("reserved_connections"),
    others,
    caps: [
      {
        name: `Role ${app.model.app}`,
        limit: role ?? -1,
        sql: `alter role "${app.model.app}" connection limit -1;`,
      },
      {
        name: `Database ${app.server.database}`,
        limit: database,
        sql: `alter database "${app.server.database}" connection limit -1;`,
      },
    ].filter(({ limit }) => limit >= 0),
  };
}
