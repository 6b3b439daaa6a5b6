import pg from "pg";
import { type Pool, workerRole } from "../../postgres/index.ts";
import type { QueuePolicy, ScheduleDeclaration } from "../declaration.ts";
import type { JobStore } from "../store/job-store.ts";
import { newJob } from "../store/new-job.ts";
import { perSchema } from "../store/per-schema.ts";
import type { Execute } from "../store/store-parts.ts";
import { jobTopic } from "../topics.ts";
import type { BackgroundTask } from "../worker/worker-options.ts";
import { dueTimes, nextTime, type StoredTiming, storedTiming, timingFaults } from "./schedule-timing.ts";

/** What is wrong with a schedule, for the boot to list beside its name; empty when it can be used. */
export function scheduleFaults({ timing }: ScheduleDeclaration): string[] {
  return timingFaults(timing).map((fault) => `it ${fault}`);
}

export interface SchedulesParts {
  readonly app: string;
  readonly pool: Pool;
  readonly module: string;
  readonly schedules: readonly ScheduleDeclaration[];
  /** A test's clock; null means the database's. */
  readonly clock: () => Date | null;
}

/**
 * Brings the stored schedules of a module to what the code says. Those that are there keep their next time unless
 * their timing changed; those that the code no longer has are removed. Instances may do this at the same time.
 */
export async function syncSchedules({ app, pool, module, schedules, clock }: SchedulesParts): Promise<void> {
  const role = workerRole(app);
  const schema = pg.escapeIdentifier(module);
  const { rows } = await pool.execute<{ now: Date }>(role, {
    text: REMOVE(schema),
    values: [schedules.map(({ name }) => name), clock()],
  });
  if (schedules.length === 0) return;
  const { now } = rows[0]!;
  // In the order of names: two instances that start at once must not wait for each other crosswise.
  const sorted = [...schedules].sort((a, b) => (a.name < b.name ? -1 : 1));
  const timings = sorted.map(({ timing }) => storedTiming(timing));
  await pool.execute(role, {
    text: SYNC(schema),
    values: [
      sorted.map(({ name }) => name),
      sorted.map(({ job }) => job.name),
      timings.map((timing) => JSON.stringify(timing)),
      timings.map((timing) => nextTime(timing, now, now)),
    ],
  });
}

const REMOVE = perSchema(
  (schema) => `with removed as (delete from ${schema}._schedules where name <> all ($1::text[]))
    select coalesce($2::timestamptz, now()) as now`,
);

const SYNC = perSchema(
  (schema) => `insert into ${schema}._schedules as s (name, kind, timing, next_at)
    select * from unnest($1::text[], $2::text[], $3::jsonb[], $4::timestamptz[])
    on conflict (name) do update
      set kind = excluded.kind, timing = excluded.timing,
        next_at = case when s.timing = excluded.timing then s.next_at else excluded.next_at end
      where (s.kind, s.timing) is distinct from (excluded.kind, excluded.timing)`,
);

export interface ScheduleTaskParts extends SchedulesParts {
  readonly queues: Readonly<Record<string, QueuePolicy>>;
  readonly store: Pick<JobStore, "enqueue">;
  readonly wake: { ring(topics: Iterable<string>): void };
}

/** The wake's topic for a module whose schedules somebody wants to run at once. */
export function scheduleTopic(module: string): string {
  return `schedules:${module}`;
}

/**
 * Enqueues what the schedules of a module say is due. No instance leads: whoever locks a schedule's row enqueues its
 * jobs and moves its next time in one transaction, and the others skip the row.
 */
export function scheduleTask(parts: ScheduleTaskParts): BackgroundTask {
  const { module, schedules, clock } = parts;
  const schema = pg.escapeIdentifier(module);
  const names = schedules.map(({ name }) => pg.escapeLiteral(name)).join(", ");
  return {
    name: `schedules of ${module}`,
    topic: scheduleTopic(module),
    // The database knows nothing of a test's clock, so with one every look is worth a try.
    due:
      clock() === null
        ? `exists (select from ${schema}._schedules where name in (${names}) and ${isDue("now()")})`
        : "true",
    run: () => enqueueDue(parts),
  };
}

function isDue(now: string): string {
  return `(next_at <= ${now} and paused_at is null or run_requested_at is not null)`;
}

const BATCH = 100;
const MOST_JOBS_A_STATEMENT = 1000;

interface DueRow {
  readonly name: string;
  readonly timing: StoredTiming;
  readonly next_at: Date;
  readonly is_requested: boolean;
  readonly is_paused: boolean;
  readonly now: Date;
  readonly running_since: Date | null;
}

async function enqueueDue(parts: ScheduleTaskParts): Promise<boolean> {
  const role = workerRole(parts.app);
  const byName = new Map(parts.schedules.map((schedule) => [schedule.name, schedule]));
  const schema = pg.escapeIdentifier(parts.module);
  const transaction = parts.pool.begin();
  const execute: Execute = (statement) => transaction.execute(role, statement);
  try {
    const testNow = parts.clock();
    const { rows } = await execute<DueRow>({
      text: LOCK_DUE(schema),
      values: [[...byName.keys()], testNow, BATCH],
    });
    const runs = rows.map((row) => runOf(row, byName.get(row.name)!, testNow !== null));
    const jobs = runs.flatMap(({ schedule, times }) =>
      times.map((scheduledFor) => ({
        ...newJob(schedule.job.of(schedule.payload), parts.queues),
        origin: { schedule: schedule.name, scheduledFor },
      })),
    );
    for (let from = 0; from < jobs.length; from += MOST_JOBS_A_STATEMENT) {
      await parts.store.enqueue(execute, jobs.slice(from, from + MOST_JOBS_A_STATEMENT));
    }
    if (rows.length > 0) {
      await execute({
        text: MOVE_ON(schema),
        values: [
          rows.map(({ name }) => name),
          runs.map(({ nextAt }) => nextAt),
          runs.map(({ lastAt }) => lastAt),
        ],
      });
    }
    await transaction.commit();
    if (jobs.length > 0) parts.wake.ring(new Set(jobs.map(({ queue }) => jobTopic(parts.module, queue))));
    return rows.length === BATCH;
  } finally {
    await transaction.rollback();
  }
}

function runOf(row: DueRow, schedule: ScheduleDeclaration, isTest: boolean) {
  // What is stored decides, not this code: during a deployment an instance may be older than the row.
  const due = row.is_paused
    ? { times: [], nextAt: row.next_at }
    : dueTimes(
        row.timing,
        schedule.timing.catchUp ?? "one",
        row.next_at,
        row.now,
        // The instances keep to the database's clock, of which a test's knows nothing.
        isTest ? null : row.running_since,
      );
  const times = row.is_requested && due.times.length === 0 ? [row.now] : due.times;
  return { schedule, times, nextAt: due.nextAt, lastAt: times.at(-1) ?? null };
}

// Those of schedules that this instance does not know are left to instances that do.
const LOCK_DUE = perSchema(
  (schema) => `select name, timing, next_at, run_requested_at is not null as is_requested,
      paused_at is not null as is_paused, coalesce($2::timestamptz, now()) as now,
      (select min(started_at) from ashlar.workers where seen_at > now() - interval '15 s') as running_since
    from ${schema}._schedules
    where name = any ($1::text[]) and ${isDue("coalesce($2::timestamptz, now())")}
    order by next_at limit $3 for update skip locked`,
);

const MOVE_ON = perSchema(
  (schema) => `update ${schema}._schedules s
    set next_at = m.next_at, last_at = coalesce(m.last_at, s.last_at), run_requested_at = null
    from unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) as m (name, next_at, last_at)
    where s.name = m.name`,
);
