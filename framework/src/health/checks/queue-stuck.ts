import type { Sign } from "../firing.ts";
import type { DatabaseCheck } from "../firing-check.ts";

const STUCK_MS = 30_000;
/** Jobs that run may well take a while. */
const FULL_MS = 300_000;
const MOST = 1_000;

interface Queue {
  readonly queue: string;
  /** The job that is first in line; null when none is ready. */
  readonly head: string | null;
  readonly pausedBy: string | null;
  readonly pausedSeconds: number | null;
}

interface Line {
  readonly queue: string;
  readonly ready: number;
  readonly running: number;
}

export function queueStuck(): DatabaseCheck {
  /** By queue: who is first in line and since when. */
  const heads = new Map<string, { readonly head: string; readonly since: number }>();
  return {
    id: "queue-stuck",
    holds: "Ready jobs are taken from every queue",
    of: "database",
    // It waits by itself: the same job has to be first in line all the time. As long as that, what fired before a
    // restart of the process is taken to go on.
    patience: { bad: 1, of: 4 },
    async look(session, { modules, now }) {
      const signs: Sign[] = [];
      for (const module of modules) {
        const queues = await session.rowsOfModule<Queue>(module, queuesText(module));
        const standing = queues.map((queue) => {
          const name = `${module}.${queue.queue}`;
          const before = heads.get(name);
          if (queue.head === null) heads.delete(name);
          else if (before?.head !== queue.head) heads.set(name, { head: queue.head, since: now() });
          return { queue, name, standsMs: now() - (heads.get(name)?.since ?? now()) };
        });
        const suspects = standing.filter(
          ({ queue, standsMs }) => queue.pausedSeconds !== null || standsMs >= STUCK_MS,
        );
        // Counting is what costs, and most of the time nobody has to.
        if (suspects.length === 0) continue;
        const names = suspects.map(({ queue }) => queue.queue);
        const lines = await session.rowsOfModule<Line>(module, linesText(module), [names]);
        for (const { queue, name, standsMs } of suspects) {
          const line = lines.find((each) => each.queue === queue.queue)!;
          const sign = signOf(module, name, { ...queue, ...line }, standsMs);
          if (sign !== null) signs.push(sign);
        }
      }
      return signs;
    },
  };
}

function signOf(module: string, name: string, queue: Queue & Line, standsMs: number): Sign | null {
  const waiting = `${queue.ready >= MOST ? `${MOST} or more` : queue.ready} jobs are ready`;
  if (queue.pausedSeconds !== null) {
    return {
      subject: name,
      severity: "note",
      title: `Queue ${name} is paused`,
      evidence: [`by ${queue.pausedBy ?? "somebody"}, for ${queue.pausedSeconds} s`, waiting],
      module,
      actions: [{ does: "Let workers claim its jobs again", command: `ashlar jobs resume ${name}` }],
    };
  }
  if (queue.head === null || standsMs < (queue.running > 0 ? FULL_MS : STUCK_MS)) return null;
  const stands = `job ${module}:${queue.head} has been first in line for ${Math.round(standsMs / 1000)} s`;
  if (queue.running > 0) {
    return {
      subject: name,
      severity: "warning",
      title: `Queue ${name} is full of jobs that do not end`,
      evidence: [`${queue.running} run, and none of the others gets its turn`, waiting, stands],
      module,
      actions: [
        {
          does: "See which ones run, and since when",
          command: `ashlar jobs list --state running --module ${module} --queue ${queue.queue}`,
        },
      ],
    };
  }
  return {
    subject: name,
    severity: "error",
    title: `Nobody takes jobs from queue ${name}`,
    evidence: [waiting, stands, "none runs, and the queue is not paused"],
    module,
    actions: [
      { does: "See whether worker-silent fires, and whether an instance with this queue runs at all" },
      { does: "Start or restart an instance that works on jobs; jobs are not lost by that" },
    ],
  };
}

/** Queues are found by hopping from one to the next in `_jobs_ready`, which reads a row for each and not all. */
function queuesText(module: string): string {
  const jobs = `"${module}"._jobs`;
  return `with recursive present (queue) as (
      (select queue from ${jobs} where run_at is null order by queue limit 1)
      union all
      select (select j.queue from ${jobs} j where j.run_at is null and j.queue > p.queue order by j.queue limit 1)
      from present p where p.queue is not null
    ), named as (
      select queue from present where queue is not null union select queue from "${module}"._paused_queues
    )
    select n.queue, head.id::text as head, p.paused_by as "pausedBy",
      extract(epoch from now() - p.paused_at)::integer as "pausedSeconds"
    from named n
    left join "${module}"._paused_queues p using (queue)
    left join lateral (
      select id from ${jobs} j where j.queue = n.queue and run_at is null and worker is null
      order by priority, seq limit 1
    ) head on true`;
}

/** What is at the head of these queues. */
function linesText(module: string): string {
  return `select n.queue, (count(*) filter (where ahead.worker is null and ahead.id is not null))::integer as ready,
      (count(*) filter (where ahead.worker is not null))::integer as running
    from unnest($1::text[]) n (queue)
    left join lateral (
      select id, worker from "${module}"._jobs j where j.queue = n.queue and run_at is null
      order by priority, seq limit ${MOST}
    ) ahead on true
    group by n.queue`;
}
