import pg from "pg";
import type { DatabaseModel } from "./database-model.ts";
import { DatabaseError } from "./errors.ts";
import type { Pool } from "./pool.ts";
import { type ModuleRoles, rolesOf } from "./roles.ts";
import { sqlStateOf } from "./translate-error.ts";

/** What one known escape met on this server. */
export interface WallResult {
  /** Named as in SoftWall where hardening is concerned. */
  readonly wall: string;
  readonly holds: boolean;
  /** True when only the framework's statement gate refuses: the server alone would let it pass. */
  readonly soft: boolean;
  readonly evidence: string;
}

export interface WallReport {
  readonly walls: readonly WallResult[];
}

/**
 * Tries the known escapes: through the pool, as a module could, and with the same login past the pool. Takes
 * some tens of milliseconds and changes nothing: what could is rolled back or touches no row. Waits for locks as
 * long as it takes unless `lockTimeoutMs` says otherwise: another instance may be migrating.
 */
export async function testWalls(
  pool: Pool,
  model: DatabaseModel,
  options: { readonly lockTimeoutMs?: number } = {},
): Promise<WallReport> {
  const server = new pg.Client({
    ...pool.address,
    application_name: "ashlar wall test",
    options: `-c lock_timeout=${options.lockTimeoutMs ?? 0}`,
  } as pg.ClientConfig);
  server.on("error", () => {});
  await server.connect();
  try {
    const walls = [await loginIsPowerless(server, model)];
    for (const attempt of attemptsOf(model)) walls.push(await judge(pool, server, attempt));
    return { walls };
  } finally {
    await server.end();
  }
}

interface Attempt {
  readonly wall: string;
  /** Null: as the login, before any role is taken. */
  readonly role: string | null;
  readonly text: string;
  /** Where it must be refused. Past the pool the login may change roles, since the pool does. */
  readonly by: "pool" | "server" | "either";
}

function attemptsOf({ app, modules }: DatabaseModel): Attempt[] {
  const all = modules.map(({ name }) => ({ name: pg.escapeIdentifier(name), roles: rolesOf(app, name) }));
  const [first] = all;
  if (first === undefined) return [];
  const { name: schema, roles } = first;
  // With one module alone, its owner stands for the role that must be out of reach.
  const other = all[1]?.roles.app ?? roles.owner;
  return [
    ...all.flatMap((module, index) =>
      trespasses(module.roles, all[(index + 1) % all.length] ?? module, all.length),
    ),
    ...all.map(({ name, roles }) => ({
      wall: "queries only read",
      role: roles.reader,
      text: `delete from ${name}._migrations where false`,
      by: "server" as const,
    })),
    ...all.map(({ roles }) => ({
      wall: "role of the owner",
      role: null,
      text: `set local role ${roles.owner}`,
      by: "server" as const,
    })),
    {
      wall: "login without rights",
      role: null,
      text: `select from ${schema}._migrations limit 0`,
      by: "server",
    },
    { wall: "set role", role: roles.app, text: `set role ${other}`, by: "either" },
    { wall: "reset role", role: roles.app, text: "reset role", by: "either" },
    {
      wall: "session authorization",
      role: roles.app,
      text: "set session authorization default",
      by: "either",
    },
    { wall: "stacked statements", role: roles.app, text: `select 1; set role ${other}`, by: "pool" },
    { wall: "end of the transaction", role: roles.app, text: "commit", by: "pool" },
    {
      wall: "set_config",
      role: roles.app,
      text: `select set_config('role', '${other}', true)`,
      by: "either",
    },
    {
      wall: "update of pg_settings",
      role: roles.app,
      text: "update pg_settings set setting = setting where name = 'application_name'",
      by: "either",
    },
    {
      wall: "query_to_xml and its family",
      role: roles.app,
      text: "select query_to_xml('select 1', true, true, '')",
      by: "either",
    },
    { wall: "creating large objects", role: roles.app, text: "select lo_create(0)", by: "either" },
    { wall: "languages sql and plpgsql", role: roles.app, text: "do $$ begin end $$", by: "either" },
    {
      wall: "creating functions",
      role: roles.app,
      text: `create function ${schema}._wall_test() returns int language sql return 1`,
      by: "server",
    },
    { wall: "creating tables", role: roles.app, text: `create table ${schema}._wall_test ()`, by: "server" },
    { wall: "temporary tables", role: roles.app, text: "create temp table _wall_test ()", by: "server" },
    { wall: "creating schemas", role: roles.app, text: "create schema _wall_test", by: "server" },
    {
      wall: "changing tables",
      role: roles.app,
      text: `alter table ${schema}._migrations add wall text`,
      by: "server",
    },
    { wall: "files of the server", role: roles.app, text: "select pg_read_file('PG_VERSION')", by: "server" },
    {
      wall: "programs of the server",
      role: roles.app,
      text: "copy (select 1) to program 'true'",
      by: "server",
    },
  ];
}

function trespasses(roles: ModuleRoles, neighbour: { name: string }, modules: number): Attempt[] {
  if (modules < 2) return [];
  const table = `${neighbour.name}._migrations`;
  return [
    ["reading another module's tables", roles.app, `select from ${table} limit 0`],
    ["reading another module's tables", roles.reader, `select from ${table} limit 0`],
    ["writing another module's tables", roles.app, `delete from ${table} where false`],
    ["locking another module's tables", roles.app, `select from ${table} limit 0 for share`],
  ].map(([wall, role, text]) => ({ wall, role, text, by: "server" }) as Attempt);
}

async function judge(pool: Pool, server: pg.Client, attempt: Attempt): Promise<WallResult> {
  const { wall, role, text, by } = attempt;
  const throughPool = by === "server" || role === null ? undefined : await tryThroughPool(pool, role, text);
  const pastPool = by === "pool" ? undefined : await tryPastPool(server, role, text);
  const refused = { pool: throughPool?.refused ?? false, server: pastPool?.refused ?? false };
  return {
    wall,
    holds: by === "server" ? refused.server : refused.pool,
    soft: by === "either" && refused.pool && !refused.server,
    evidence: [
      `${role ?? "the login"}: ${text}`,
      ...(throughPool === undefined ? [] : [`the pool ${throughPool.answer}`]),
      ...(pastPool === undefined ? [] : [`the server ${pastPool.answer}`]),
    ].join("; "),
  };
}

interface Outcome {
  readonly refused: boolean;
  readonly answer: string;
}

async function tryThroughPool(pool: Pool, role: string, text: string): Promise<Outcome> {
  try {
    await pool.execute(role, { text, values: [] });
    return { refused: false, answer: "let it pass" };
  } catch (error) {
    return outcomeOf(error);
  }
}

/** In a transaction that is rolled back, like all that the attempt may have done. */
async function tryPastPool(server: pg.Client, role: string | null, text: string): Promise<Outcome> {
  await server.query(role === null ? "begin" : `begin; set local role ${role}`);
  try {
    await server.query({ text, queryMode: "extended" } as pg.QueryConfig);
    return { refused: false, answer: "let it pass" };
  } catch (error) {
    return outcomeOf(error);
  } finally {
    await server.query("rollback");
  }
}

// insufficient privilege; syntax error, for two statements in one; a feature that the server was built without
const refusals = ["42501", "42601", "0A000"];

/** Throws what is no refusal: then nothing is known about the wall. */
function outcomeOf(error: unknown): Outcome {
  const state = sqlStateOf(error);
  const byGate = error instanceof DatabaseError && error.code === "ASHLAR_STATEMENT_REFUSED";
  if (!byGate && !refusals.includes(state ?? "")) throw error;
  return { refused: true, answer: byGate ? "refused it at its gate" : `refused it with ${state}` };
}

/** The login is no superuser and member of this app's app and reader roles alone, none of them inherited. */
async function loginIsPowerless(server: pg.Client, { app }: DatabaseModel): Promise<WallResult> {
  const { rows } = await server.query<{ power: string }>(
    `select 'is a superuser' as power from pg_roles where rolname = session_user and rolsuper
     union all select 'passes row security' from pg_roles where rolname = session_user and rolbypassrls
     union all select 'may create roles' from pg_roles where rolname = session_user and rolcreaterole
     union all select 'may create databases' from pg_roles where rolname = session_user and rolcreatedb
     union all select 'may replicate' from pg_roles where rolname = session_user and rolreplication
     union all
     select 'is a member of ' || r.rolname || case when m.inherit_option then ' and inherits its rights' else '' end
     from pg_auth_members m join pg_roles r on r.oid = m.roleid
     where m.member = (select oid from pg_roles where rolname = session_user)
       and (m.inherit_option or m.admin_option or not r.rolname ~ ('^' || $1 || '_[a-z0-9_]+_(app|reader)$'))
     order by 1`,
    [app],
  );
  return {
    wall: "login without power",
    holds: rows.length === 0,
    soft: false,
    evidence:
      rows.length === 0
        ? `${app} has no power of its own and may act only as roles of its modules`
        : `${app} ${rows.map(({ power }) => power).join(", ")}`,
  };
}
