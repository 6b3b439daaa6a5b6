import pg from "pg";
import type { AdminClient } from "./admin-connection.ts";
import type { DatabaseModel } from "./database-model.ts";
import { DatabaseError } from "./errors.ts";
import { rolesOf, workerRole } from "./roles.ts";

/**
 * Makes the grants on published views those of the model: SELECT on the view and USAGE on its schema for
 * the app and reader roles of each consumer, and none for others of this app. Views that do not exist yet
 * are passed over. Reads first, and writes only where something differs.
 */
export async function syncPublishedViews(client: AdminClient, model: DatabaseModel): Promise<void> {
  const granted = await readGrants(client, model);
  const wanted = wantedGrants(model);
  const existing = await existingViews(client, model);
  const statements: { owner: string; text: string }[] = [];
  for (const [key, grant] of granted) {
    if (wanted.has(key)) continue;
    const on =
      grant.view === null
        ? `all on schema ${quote(grant.schema)}`
        : `all on ${quote(grant.schema)}.${quote(grant.view)}`;
    statements.push({ owner: grant.owner, text: `revoke ${on} from ${grant.grantee}` });
  }
  for (const [key, grant] of wanted) {
    if (granted.has(key) || (grant.view !== null && !existing.has(`${grant.schema}.${grant.view}`))) continue;
    const on =
      grant.view === null
        ? `usage on schema ${quote(grant.schema)}`
        : `select on ${quote(grant.schema)}.${quote(grant.view)}`;
    statements.push({ owner: grant.owner, text: `grant ${on} to ${grant.grantee}` });
  }
  if (statements.length === 0) return;
  await client.query(
    `${statements.map(({ owner, text }) => `set local role ${owner}; ${text}`).join("; ")}; reset role`,
  );
}

/** Throws ASHLAR_PUBLISHED_VIEW_MISSING naming every view that the contracts promise and nobody made. */
export async function checkPublishedViews(client: AdminClient, model: DatabaseModel): Promise<void> {
  const existing = await existingViews(client, model);
  const missing = model.modules.flatMap(({ name, publishes }) =>
    publishes.map((view) => `${name}.${view}`).filter((view) => !existing.has(view)),
  );
  if (missing.length === 0) return;
  throw new DatabaseError(
    "ASHLAR_PUBLISHED_VIEW_MISSING",
    `Published but not made by any migration: ${missing.join(", ")}. ` +
      "Create each as a view in a new migration of its module, or publish it no longer.",
  );
}

interface Grant {
  readonly owner: string;
  readonly schema: string;
  /** Null for USAGE on the schema. */
  readonly view: string | null;
  readonly grantee: string;
}

function wantedGrants(model: DatabaseModel): Map<string, Grant> {
  const wanted = new Map<string, Grant>();
  for (const { name, reads } of model.modules) {
    const { app, reader } = rolesOf(model.app, name);
    for (const { module: schema, view } of reads) {
      if (schema === name) continue;
      const { owner } = rolesOf(model.app, schema);
      for (const grantee of [app, reader]) {
        add(wanted, { owner, schema, view: null, grantee });
        add(wanted, { owner, schema, view, grantee });
      }
    }
  }
  return wanted;
}

/** What roles of other modules of this app hold in the schemas of the model. */
async function readGrants(client: AdminClient, model: DatabaseModel): Promise<Map<string, Grant>> {
  const { rows } = await client.query<Grant>(
    `with ours as (
       select n.oid, n.nspname, n.nspacl, n.nspowner::regrole::text as owner
       from pg_namespace n where n.nspname = any($1)
     ), held as (
       select o.owner, o.nspname as schema, null as view, a.grantee
       from ours o, aclexplode(o.nspacl) a
       union
       select o.owner, o.nspname, c.relname, a.grantee
       from ours o join pg_class c on c.relnamespace = o.oid, aclexplode(c.relacl) a
     )
     select h.owner, h.schema, h.view, r.rolname as grantee
     from held h join pg_roles r on r.oid = h.grantee
     where r.rolname ~ ('^' || $2 || '_[a-z0-9_]+_(app|reader)$')
       and r.rolname not in ($2 || '_' || h.schema || '_app', $2 || '_' || h.schema || '_reader', $3)`,
    [model.modules.map(({ name }) => name), model.app, workerRole(model.app)],
  );
  const granted = new Map<string, Grant>();
  for (const row of rows) add(granted, row);
  return granted;
}

async function existingViews(client: AdminClient, model: DatabaseModel): Promise<Set<string>> {
  const { rows } = await client.query(
    `select n.nspname || '.' || c.relname as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any($1) and c.relkind in ('v', 'm')`,
    [model.modules.map(({ name }) => name)],
  );
  return new Set(rows.map(({ name }) => name));
}

function quote(name: string): string {
  return pg.escapeIdentifier(name);
}

function add(grants: Map<string, Grant>, grant: Grant): void {
  grants.set(`${grant.schema} ${grant.view ?? ""} ${grant.grantee}`, grant);
}
