import { randomBytes } from "node:crypto";
import pg from "pg";
import type { IncidentScene } from "./incident.ts";

const PREFIX = "shop_incident_";
/** Roles of runs that were killed are older than any run takes. */
const STALE_SECONDS = 3_600;

/**
 * A session of somebody with a terminal: a login of its own that may act as one role of the shop, and no superuser,
 * so that an operator may end it. Goes with `leftovers`.
 */
export async function openVisitor(
  scene: IncidentScene,
  role: string,
  leftovers: AsyncDisposableStack,
): Promise<pg.Client> {
  const { admin, databaseUrl } = scene;
  const name = `${PREFIX}${Math.floor(Date.now() / 1000)}_${randomBytes(3).toString("hex")}`;
  const password = randomBytes(18).toString("hex");
  const { rows } = await admin.query<{ database: string }>("select current_database() as database");
  const database = pg.escapeIdentifier(rows[0]!.database);
  leftovers.defer(() => dropVisitor(scene, name));
  await admin.query(
    `create role ${name} login noinherit password '${password}';
     grant connect on database ${database} to ${name}; grant ${role} to ${name}`,
  );
  const url = new URL(databaseUrl);
  url.username = name;
  url.password = password;
  const visitor = new pg.Client({ connectionString: url.href, application_name: "psql" });
  // Being ended by an operator is what may well happen to it.
  visitor.on("error", () => {});
  await visitor.connect();
  leftovers.defer(() => visitor.end().catch(() => {}));
  return visitor;
}

/** Visitors of runs that were killed. */
export async function dropStaleVisitors(scene: IncidentScene): Promise<void> {
  const { rows } = await scene.admin.query<{ name: string }>(
    "select rolname as name from pg_roles where rolname like $1",
    [`${PREFIX.replaceAll("_", "\\_")}%`],
  );
  const oldest = Date.now() / 1000 - STALE_SECONDS;
  for (const { name } of rows) {
    if (Number(name.slice(PREFIX.length).split("_")[0]) < oldest) await dropVisitor(scene, name);
  }
}

async function dropVisitor({ admin }: IncidentScene, name: string): Promise<void> {
  const { rowCount } = await admin.query("select from pg_roles where rolname = $1", [name]);
  if (rowCount === 0) return;
  // Owns nothing; what it may do is taken from it.
  await admin.query(`drop owned by ${name}; drop role ${name}`);
}
