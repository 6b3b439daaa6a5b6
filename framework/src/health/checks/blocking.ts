import type { Sign } from "../firing.ts";
import type { DatabaseCheck } from "../firing-check.ts";
import { checkSight, holdersOf, ofModules, shortForm } from "../session-holder.ts";

const WAIT_MS = 1_000;
const SEVERE_WAITERS = 10;
const SEVERE_MS = 30_000;

interface Session {
  readonly pid: number;
  readonly user: string;
  readonly application: string;
  readonly state: string;
  readonly query: string;
  readonly blockers: readonly number[];
  readonly waitMs: number;
  readonly openMs: number;
}

export function blocking(): DatabaseCheck {
  return {
    id: "blocking",
    holds: "Nobody waits for a lock for long",
    of: "database",
    async look(session, { app, modules }) {
      await checkSight(session, app);
      // pg_blocking_pids holds up everybody's locking for a moment, so it is asked of those that wait and no others.
      const waiting = await session.rows<Session>(
        `select pid, ${COLUMNS}, pg_blocking_pids(pid) as blockers,
           extract(epoch from clock_timestamp() - l.waitstart)::float8 * 1000 as "waitMs"
         from pg_stat_activity a
         join (select pid, min(waitstart) as waitstart from pg_locks where not granted group by pid) l using (pid)
         where datname = current_database() and wait_event_type = 'Lock' and l.waitstart is not null
         order by l.waitstart limit 100`,
      );
      if (!waiting.some(({ waitMs }) => waitMs >= WAIT_MS)) return [];
      const roots = rootsOf(waiting);
      const rootSessions = await session.rows<Session>(
        `select pid, ${COLUMNS}, '{}'::integer[] as blockers, 0::float8 as "waitMs"
         from pg_stat_activity where pid = any ($1::integer[])`,
        [[...roots.keys()]],
      );
      const holders = await holdersOf(session, modules, [...rootSessions, ...waiting]);
      return [...roots].flatMap(([pid, tree]): Sign[] => {
        const longest = Math.max(...tree.map(({ waiter }) => waiter.waitMs));
        if (longest < WAIT_MS) return [];
        const root = rootSessions.find((each) => each.pid === pid);
        const holder = holders.get(pid) ?? { modules: [], module: null };
        const whose =
          holder.module === null ? `A session of ${root?.user ?? "nobody"}` : `Module ${holder.module}`;
        const depth = Math.max(...tree.map((each) => each.depth));
        return [
          {
            subject: `process ${pid}`,
            severity: tree.length >= SEVERE_WAITERS || longest >= SEVERE_MS ? "error" : "warning",
            title: `${whose} holds a lock that ${tree.length} ${tree.length === 1 ? "other waits" : "others wait"} for`,
            evidence: [
              root === undefined
                ? `process ${pid} at the root: gone, or a prepared transaction`
                : `process ${pid} at the root: ${root.user} (${root.application}), ${root.state}, in a transaction for ` +
                  `${(root.openMs / 1000).toFixed(1)} s, ${ofModules(holder)}`,
              ...(root === undefined ? [] : [`its last statement: ${shortForm(root.query)}`]),
              `the longest waits for ${(longest / 1000).toFixed(1)} s; ${depth} ${depth === 1 ? "level" : "levels"} deep`,
              ...tree.slice(0, 5).map(({ waiter, depth }) => {
                const module = holders.get(waiter.pid)?.module ?? waiter.user;
                return `${"  ".repeat(depth - 1)}process ${waiter.pid} of ${module} waits for ${(waiter.waitMs / 1000).toFixed(1)} s: ${shortForm(waiter.query)}`;
              }),
            ],
            module: holder.module,
            actions: [
              {
                does: `End the session at the root and let ${tree.length} go on; its transaction is rolled back`,
                sql: `select pg_terminate_backend(${pid});`,
              },
            ],
          },
        ];
      });
    },
  };
}

const COLUMNS = `coalesce(usename, '?') as user, coalesce(nullif(application_name, ''), 'no name') as application,
  coalesce(state, '?') as state, query, coalesce(extract(epoch from clock_timestamp() - xact_start), 0)::float8 * 1000 as "openMs"`;

interface Branch {
  readonly waiter: Session;
  /** 1 for one that waits for the root itself. */
  readonly depth: number;
}

/** By the process that blocks and waits for nobody: who waits for it, and for those that wait for it. */
function rootsOf(waiting: readonly Session[]): Map<number, Branch[]> {
  const waits = new Set(waiting.map(({ pid }) => pid));
  const roots = new Map<number, Branch[]>();
  for (const waiter of waiting) {
    for (const pid of waiter.blockers) if (!waits.has(pid)) roots.set(pid, []);
  }
  for (const [root, tree] of roots) {
    const seen = new Set<number>([root]);
    let level = [root];
    for (let depth = 1; level.length > 0; depth++) {
      const next = waiting.filter(
        ({ pid, blockers }) => !seen.has(pid) && blockers.some((each) => level.includes(each)),
      );
      for (const waiter of next) {
        seen.add(waiter.pid);
        tree.push({ waiter, depth });
      }
      level = next.map(({ pid }) => pid);
    }
  }
  return roots;
}
