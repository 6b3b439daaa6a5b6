import type { Sign } from "../firing.ts";
import type { DatabaseCheck, ProcessCheck, WatchedPool } from "../firing-check.ts";
import { checkSight, holdersOf } from "../session-holder.ts";

/** As long as somebody may have to wait for the answer to "how long does one wait". */
const PROBE_MS = 1_000;

export function poolSaturated(): ProcessCheck {
  return {
    id: "pool-saturated",
    holds: "Nobody waits for a connection of this process",
    of: "process",
    look: async (scene) => (await Promise.all(scene.pools.map(saturation))).flat(),
  };
}

async function saturation(pool: WatchedPool): Promise<Sign[]> {
  const stats = pool.stats();
  if (stats === null || stats.waiting === 0) return [];
  const waited = await waitFor(pool);
  return [
    {
      subject: pool.name,
      severity: waited === null ? "error" : "warning",
      title: `Callers wait for a connection of the pool for ${pool.name}`,
      evidence: [
        `${stats.waiting} wait, ${stats.inUse} of ${stats.max} connections are in use`,
        waited === null
          ? `whoever asks now gets none within ${PROBE_MS} ms`
          : `whoever asks now waits ${Math.round(waited)} ms`,
      ],
      module: null,
      actions: [
        { does: "See pool-holder, transaction-held and blocking: they name who holds the connections" },
      ],
    },
  ];
}

/** Null when it got none in time. */
async function waitFor(pool: WatchedPool): Promise<number | null> {
  const started = performance.now();
  try {
    await pool.ping(Date.now() + PROBE_MS);
    return performance.now() - started;
  } catch {
    return null;
  }
}

/** From here on it is one module's doing, and not many at once. */
const SHARE = 0.6;
const FEWEST = 4;
/** Younger ones come and go. */
const AGE_MS = 500;

export function poolHolder(): DatabaseCheck {
  return {
    id: "pool-holder",
    holds: "No module alone holds most of the app's connections",
    of: "database",
    async look(session, { app, modules, pools }) {
      await checkSight(session, app);
      const [total] = await session.rows<{ open: number }>(
        `select count(*)::integer as open from pg_stat_activity
         where datname = current_database() and usename = $1 and pid <> pg_backend_pid()`,
        [app],
      );
      const held = await session.rows<{ pid: number; query: string; ms: number }>(
        `select pid, query, extract(epoch from clock_timestamp() - xact_start)::float8 * 1000 as ms
         from pg_stat_activity
         where datname = current_database() and usename = $1 and state <> 'idle'
           and xact_start < clock_timestamp() - make_interval(secs => $2)
         limit 500`,
        [app, AGE_MS / 1000],
      );
      // A pool of one instance among many can be empty while most connections of the app are idle.
      const isWaitedFor = pools.some((pool) => (pool.stats()?.waiting ?? 0) > 0);
      if (held.length < FEWEST || (!isWaitedFor && held.length < SHARE * total!.open)) return [];
      const holders = await holdersOf(session, modules, held);
      const byModule = Map.groupBy(held, ({ pid }) => holders.get(pid)?.module ?? null);
      const [culprit, own] = [...byModule].sort(([, one], [, other]) => other.length - one.length)[0]!;
      if (culprit === null || own.length < SHARE * held.length) return [];
      const longest = Math.max(...own.map(({ ms }) => ms));
      return [
        {
          subject: culprit,
          severity: "warning",
          title: `Module ${culprit} holds most of the connections`,
          evidence: [
            `${own.length} of ${held.length} busy connections work for ${culprit}, the longest since ${Math.round(longest)} ms`,
            `the app has ${total!.open} connections, over all instances`,
          ],
          module: culprit,
          actions: [
            { does: `See transaction-held, blocking and slow-statement of ${culprit} first` },
            {
              does: `Cancel what ${culprit} runs for longer than five seconds; its callers get an error`,
              sql: own
                .filter(({ ms }) => ms > 5_000)
                .map(({ pid }) => `select pg_cancel_backend(${pid});`)
                .join("\n"),
            },
          ].filter(({ sql }) => sql !== ""),
        },
      ];
    },
  };
}
