import type { AnyEvent, PayloadOf } from "../contract/index.ts";
import type { AnyJob, DrainedJob, JobId, JobPayload } from "../jobs/index.ts";
import type { App } from "../module/index.ts";
import type { AdminConnection } from "./admin-query.ts";

/** A job that waits to be run. */
export interface EnqueuedJob<Payload> {
  readonly id: JobId;
  readonly kind: string;
  readonly payload: Payload;
  readonly queue: string;
  readonly priority: number;
  /** Failed attempts so far. */
  readonly attempt: number;
  /** Null when it is due, else the time it waits for; `"waiting"` for a limit, its turn or other jobs. */
  readonly runAt: Date | "waiting" | null;
  readonly tags: readonly string[];
}

export interface Published<Payload> {
  readonly id: number;
  readonly event: string;
  readonly version: number;
  readonly key: string | null;
  readonly payload: Payload;
}

/** The background work of a test's app, done when the test says so. */
export interface TestJobs {
  /**
   * Hands over events, fires schedules and runs jobs, one after the other, until nothing is due by the test's clock.
   * Says what ran and how it ended. A failed attempt is no error of `runDue`: it is in the answer.
   */
  runDue(): Promise<readonly DrainedJob[]>;
  /** The unfinished jobs of one kind, oldest first. */
  enqueued<J extends AnyJob>(job: J): Promise<readonly EnqueuedJob<JobPayload<J>>[]>;
  /** The events of one kind that were published, oldest first. */
  published<E extends AnyEvent>(event: E): Promise<readonly Published<PayloadOf<E>>[]>;
}

export function testJobs(app: App, admin: AdminConnection): TestJobs {
  // The names of schemas are those of modules, which the contracts have checked.
  const rowsOf = async <Row extends object>(text: string, values: readonly unknown[]) =>
    await admin.rows<Row>(text, values);
  return {
    runDue: () => app.drainJobs(),
    async enqueued<J extends AnyJob>(job: J) {
      const rows = await rowsOf<
        { id: number; isWaiting: boolean; runAt: Date | null } & Omit<EnqueuedJob<JobPayload<J>>, "id">
      >(
        `select id, kind, payload, queue, priority, attempt, tags,
           coalesce(run_at = 'infinity', false) as "isWaiting", nullif(run_at, 'infinity') as "runAt"
         from "${job.module}"._jobs where kind = $1 order by id`,
        [job.name],
      );
      return rows.map(({ id, isWaiting, runAt, ...row }) => ({
        ...row,
        id: `${job.module}:${id}` as JobId,
        runAt: isWaiting ? ("waiting" as const) : runAt,
        tags: row.tags ?? [],
      }));
    },
    async published<E extends AnyEvent>(event: E) {
      return await rowsOf<Published<PayloadOf<E>>>(
        `select id, event, version, key, payload from "${event.contract}"._outbox where event = $1
         union all
         select id, event, version, key, payload from "${event.contract}"._events where event = $1
         order by id`,
        [event.id],
      );
    },
  };
}
