import { type Holder, holdersOf, shortForm } from "ashlar/health";
import { consoleRole } from "ashlar/postgres";
import type { DatabaseSession } from "../../api/database.ts";
import type { Ground } from "../ground.ts";
import { type Asking, modulesOf } from "./asking.ts";

const MOST_SESSIONS = 100;
const NOBODY: Holder = { modules: [], module: null };

interface Row extends Omit<DatabaseSession, "statement" | "module" | "modules" | "keptBy"> {
  readonly query: string;
  readonly isSuperuser: boolean;
  readonly isClient: boolean;
  readonly isHidden: boolean;
}

/** Those that do something, and all of `wanted` that are there; without the console's own. */
export async function readSessions(
  ground: Ground,
  ask: Asking,
  wanted: readonly number[],
): Promise<{ readonly sessions: readonly DatabaseSession[]; readonly areMore: boolean }> {
  const own = consoleRole(ground.app.name);
  const found = await ask.rows<Row>(
    `select ${SESSION_COLUMNS}
     from pg_stat_activity a left join pg_roles r on r.oid = a.usesysid
     where a.datname = current_database() and a.backend_type in ('client backend', 'autovacuum worker')
       and a.pid <> pg_backend_pid() and (a.usename is null or a.usename <> $1 or a.pid = any ($2::integer[]))
       and (a.state is distinct from 'idle' or a.pid = any ($2::integer[]))
     order by a.pid = any ($2::integer[]) desc, a.xact_start nulls last, a.pid limit ${MOST_SESSIONS + 1}`,
    [own, [...wanted]],
  );
  const shown = found.slice(0, MOST_SESSIONS).filter(({ isHidden }) => !isHidden);
  const holders = await holdersOf(ask, modulesOf(ground), shown);
  return {
    sessions: shown.map((row) => viewOf(row, holders.get(row.pid) ?? NOBODY, own)).sort(oldestFirst),
    areMore: found.length > MOST_SESSIONS,
  };
}

/** The session with this number, whatever it does; undefined when it is gone. */
export async function readSession(
  ground: Ground,
  ask: Asking,
  pid: number,
): Promise<DatabaseSession | undefined> {
  const rows = await ask.rows<Row>(
    `select ${SESSION_COLUMNS}
     from pg_stat_activity a left join pg_roles r on r.oid = a.usesysid where a.pid = $1::integer`,
    [pid],
  );
  const holders = await holdersOf(ask, modulesOf(ground), rows);
  return rows.map((row) => viewOf(row, holders.get(row.pid) ?? NOBODY, consoleRole(ground.app.name)))[0];
}

/** In words, for a summary: `the session 4711 of module ordering`. */
export function whose({ pid, module, user, application }: DatabaseSession): string {
  return module === null
    ? `session ${pid} of ${user} (${application})`
    : `session ${pid} of module ${module}`;
}

const SESSION_COLUMNS = `a.pid, (extract(epoch from a.backend_start) * 1000)::bigint as "startedAt",
  coalesce(a.usename, '') as user,
  case when a.backend_type = 'client backend' then coalesce(nullif(a.application_name, ''), 'no name')
    else a.backend_type end as application,
  coalesce(a.state, 'active') as state,
  case when a.wait_event_type <> 'Client' then a.wait_event_type || ': ' || a.wait_event end as wait,
  coalesce(a.query, '') as query,
  case when a.state = 'active' then extract(epoch from clock_timestamp() - a.query_start)::float8 * 1000 end
    as "statementMs",
  extract(epoch from clock_timestamp() - a.xact_start)::float8 * 1000 as "transactionMs",
  case when a.state like 'idle in transaction%'
    then extract(epoch from clock_timestamp() - a.state_change)::float8 * 1000 end as "idleMs",
  coalesce(r.rolsuper, false) as "isSuperuser", a.backend_type = 'client backend' as "isClient",
  coalesce(a.query = '<insufficient privilege>', false) as "isHidden"`;

function viewOf(row: Row, holder: Holder, own: string): DatabaseSession {
  const { query, isSuperuser, isClient, isHidden, ...rest } = row;
  return {
    ...rest,
    statement: shortForm(query, LONGEST_STATEMENT),
    module: holder.module,
    modules: holder.modules,
    keptBy: keptBy(row, own),
  };
}

const LONGEST_STATEMENT = 2_000;

function keptBy({ isSuperuser, isClient, user }: Row, own: string): string | null {
  if (!isClient) return "it is a process of PostgreSQL itself, which begins again when it is ended";
  if (user === own) return "it is the console's own";
  return isSuperuser ? "it belongs to a superuser, and only a superuser may end it" : null;
}

/** Sessions outside a transaction come last. */
function oldestFirst(one: DatabaseSession, other: DatabaseSession): number {
  return (other.transactionMs ?? -1) - (one.transactionMs ?? -1) || one.pid - other.pid;
}
