import type { LookSession } from "./look-session.ts";

/** A session that waits for a lock, or that others wait for. */
export interface LockSession {
  readonly pid: number;
  readonly user: string;
  readonly application: string;
  readonly state: string;
  readonly query: string;
  readonly blockers: readonly number[];
  /** 0 for one that waits for nobody. */
  readonly waitMs: number;
  /** Age of its transaction. */
  readonly openMs: number;
}

/** A process that waits for nobody, and those that wait for it or for each other below it. */
export interface BlockingTree {
  readonly pid: number;
  /** Undefined when it is gone, or a prepared transaction. */
  readonly root: LockSession | undefined;
  /** Level by level. */
  readonly branches: readonly BlockedBranch[];
  readonly longestMs: number;
}

export interface BlockedBranch {
  readonly waiter: LockSession;
  /** The process above it in the tree, one of its blockers. */
  readonly behind: number;
  /** 1 for one that waits for the root itself. */
  readonly depth: number;
}

const MOST_WAITERS = 100;

/** Who waits for whose lock. No tree when nobody has waited for at least `waitMs`. */
export async function blockingTrees(
  session: Pick<LookSession, "rows">,
  waitMs: number,
): Promise<readonly BlockingTree[]> {
  // pg_blocking_pids holds up everybody's locking for a moment, so it is asked of those that wait and no others.
  const waiting = await session.rows<LockSession>(
    `select pid, ${COLUMNS}, pg_blocking_pids(pid) as blockers,
       extract(epoch from clock_timestamp() - l.waitstart)::float8 * 1000 as "waitMs"
     from pg_stat_activity a
     join (select pid, min(waitstart) as waitstart from pg_locks where not granted group by pid) l using (pid)
     where datname = current_database() and wait_event_type = 'Lock' and l.waitstart is not null
     order by l.waitstart limit ${MOST_WAITERS}`,
  );
  if (!waiting.some((waiter) => waiter.waitMs >= waitMs)) return [];
  const branchesOf = treesOf(waiting);
  const roots = await session.rows<LockSession>(
    `select pid, ${COLUMNS}, '{}'::integer[] as blockers, 0::float8 as "waitMs"
     from pg_stat_activity where pid = any ($1::integer[])`,
    [[...branchesOf.keys()]],
  );
  return [...branchesOf]
    .map(([pid, branches]) => ({
      pid,
      root: roots.find((each) => each.pid === pid),
      branches,
      longestMs: Math.max(...branches.map(({ waiter }) => waiter.waitMs)),
    }))
    .filter(({ longestMs }) => longestMs >= waitMs);
}

const COLUMNS = `coalesce(usename, '?') as user, coalesce(nullif(application_name, ''), 'no name') as application,
  coalesce(state, '?') as state, query, coalesce(extract(epoch from clock_timestamp() - xact_start), 0)::float8 * 1000 as "openMs"`;

function treesOf(waiting: readonly LockSession[]): Map<number, BlockedBranch[]> {
  const waits = new Set(waiting.map(({ pid }) => pid));
  const trees = new Map<number, BlockedBranch[]>();
  for (const waiter of waiting) {
    for (const pid of waiter.blockers) if (!waits.has(pid)) trees.set(pid, []);
  }
  for (const [root, branches] of trees) {
    const seen = new Set<number>([root]);
    let level = [root];
    for (let depth = 1; level.length > 0; depth++) {
      const next = waiting.flatMap((waiter) => {
        const behind = level.find((pid) => waiter.blockers.includes(pid));
        return seen.has(waiter.pid) || behind === undefined ? [] : [{ waiter, behind, depth }];
      });
      for (const branch of next) seen.add(branch.waiter.pid);
      branches.push(...next);
      level = next.map(({ waiter }) => waiter.pid);
    }
  }
  return trees;
}
