import { withoutConstants } from "../postgres/sql-scanner.ts";
import { CannotLook } from "./firing-check.ts";
import type { LookSession } from "./look-session.ts";

/** Whose work a session of the server is doing, as far as the server shows it. */
export interface Holder {
  /** Modules whose tables its transaction has touched so far, writers first. */
  readonly modules: readonly string[];
  /** The one that it most likely is; null when it cannot be told. */
  readonly module: string | null;
}

const WRITES = new Set(["RowExclusiveLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"]);

/**
 * Tells which module holds each of these sessions. `pg_stat_activity` names the login, which all modules share, and
 * the role of SET LOCAL ROLE is shown nowhere. What is shown is the lock on every table that a transaction has
 * touched, which it keeps to its end: their schemas are modules. One that wrote goes before one that only read, since
 * whoever reads a published view locks the tables of its owner too. A transaction that has touched no table yet is
 * told by its last statement, if that names a schema, or not at all.
 */
export async function holdersOf(
  session: Pick<LookSession, "rows">,
  modules: readonly string[],
  sessions: readonly { readonly pid: number; readonly query: string }[],
): Promise<ReadonlyMap<number, Holder>> {
  if (sessions.length === 0) return new Map();
  const locks = await session.rows<{ pid: number; schema: string; mode: string }>(
    `select distinct l.pid, n.nspname as schema, l.mode
     from pg_locks l join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
     where l.locktype = 'relation' and l.granted and l.pid = any ($1::integer[]) and n.nspname = any ($2::text[])
       and l.database = (select oid from pg_database where datname = current_database())`,
    [sessions.map(({ pid }) => pid), [...modules]],
  );
  return new Map(
    sessions.map(({ pid, query }) => {
      const own = locks.filter((lock) => lock.pid === pid);
      const writes = distinct(own.filter(({ mode }) => WRITES.has(mode)).map(({ schema }) => schema));
      const touched = distinct([...writes, ...own.map(({ schema }) => schema)]);
      const named = modules.filter((module) => names(query, module));
      const candidates = [writes, touched, named].find((list) => list.length > 0) ?? [];
      const module =
        candidates.length === 1
          ? candidates[0]!
          : (candidates.find((each) => named.includes(each)) ?? candidates[0] ?? null);
      return [pid, { modules: touched.length > 0 ? touched : named, module }];
    }),
  );
}

/** Throws CannotLook when the server hides from this user what the sessions of the app do: that is not quiet. */
export async function checkSight(session: LookSession, app: string): Promise<void> {
  const [hidden] = await session.rows<{ user: string; sessions: number }>(
    `select current_user as user, count(*)::integer as sessions from pg_stat_activity
     where datname = current_database() and usename = $1 and query = '<insufficient privilege>'`,
    [app],
  );
  if (hidden!.sessions > 0) {
    throw new CannotLook(
      `what ${hidden!.sessions} sessions of ${app} do is hidden: grant pg_read_all_stats to "${hidden!.user}"`,
    );
  }
}

/** A statement without what somebody may have written into it, short enough for a line. */
export function shortForm(query: string, longest = 120): string {
  const bare = withoutConstants(query).replace(/\s+/g, " ").trim();
  return bare.length > longest ? `${bare.slice(0, longest - 1)}…` : bare;
}

export function ofModules({ modules }: Holder): string {
  return modules.length === 0
    ? "of which module cannot be told: it has touched no table of any"
    : `touched tables of ${modules.join(", ")}`;
}

function names(query: string, module: string): boolean {
  return new RegExp(`(^|[^\\w.])"?${module}"?\\s*\\.`).test(query) || query.includes(`_${module}_`);
}

function distinct(list: readonly string[]): string[] {
  return [...new Set(list)];
}
