import { Refusal } from "ashlar/http";
import type { JobDetails, JobFilter, ListedJob, ScheduleStatus } from "ashlar/jobs";
import type { JobCount, JobPageView, JobRow, JobView, Schedules, ScheduleView } from "../../api/jobs.ts";
import type { Ground } from "../ground.ts";
import { writeDuration } from "./duration.ts";
import { COUNTED_LIVE } from "./queues.ts";
import { asked } from "./refusals.ts";

const PAGE = 50;
/**
 * What one answer looks at, so that it comes soon whatever the filter is: over all modules and tables together. Where
 * the database is slow, the time ends it first, and the answer says how far it came.
 */
const LOOKING = { lookAtMost: 50_000, takeAtMostMs: 150 } as const;

export async function readJobs(
  ground: Ground,
  filter: JobFilter,
  after: string | null,
): Promise<JobPageView> {
  const page = await asked(() => ground.queues.search(filter, { limit: PAGE, after, ...LOOKING }));
  return { ...page, jobs: page.jobs.map(rowOf) };
}

export async function countJobs({ queues }: Ground, filter: JobFilter): Promise<JobCount> {
  const { count, isAtLeast, amongNewest, ...actions } = await asked(() =>
    queues.countFound(filter, { atMost: COUNTED_LIVE, ...LOOKING }),
  );
  return { count, isAtLeast, among: amongNewest, actions };
}

export async function readJob(ground: Ground, id: string): Promise<JobView> {
  const job = await asked(() => ground.queues.show(id));
  if (job === null)
    throw new Refusal("ROUTE_NOT_FOUND", { detail: `There is no job ${id}, or none any more.` });
  return viewOf(job);
}

export async function readSchedules({ queues }: Ground): Promise<Schedules> {
  return { schedules: (await queues.schedules()).map(scheduleOf) };
}

function rowOf({
  id,
  module,
  queue,
  kind,
  state,
  attempt,
  maxAttempts,
  runAt,
  since,
  tenant,
  tags,
  lastError,
}: ListedJob): JobRow {
  return {
    id,
    module,
    queue,
    kind,
    state,
    attempt,
    maxAttempts,
    runAt: runAt?.getTime() ?? null,
    since: since.getTime(),
    tenant,
    tags,
    lastError,
  };
}

function viewOf(job: JobDetails): JobView {
  const { uniqueKey, orderKey, limitKey, rateKey, worker, cancellation } = job;
  const keys = [
    { name: "unique", key: uniqueKey },
    { name: "order", key: orderKey },
    { name: "limit", key: limitKey },
    { name: "rate", key: rateKey },
  ] as const;
  return {
    id: job.id,
    module: job.module,
    queue: job.queue,
    kind: job.kind,
    state: job.state,
    priority: job.priority,
    payload: job.payload,
    attempt: job.attempt,
    maxAttempts: job.maxAttempts,
    crashes: job.crashes,
    runAt: job.runAt?.getTime() ?? null,
    timeoutMs: job.timeoutMs,
    keys: keys.flatMap(({ name, key }) => (key === null ? [] : [{ name, key }])),
    tenant: job.tenant,
    tags: job.tags,
    progress: job.progress,
    output: job.output,
    errors: job.errors.map((error) => ({ ...error, at: Date.parse(error.at) })),
    origin: job.origin,
    traceId: job.traceId,
    enqueuedAt: job.enqueuedAt.getTime(),
    startedAt: job.startedAt?.getTime() ?? null,
    endedAt: job.endedAt?.getTime() ?? null,
    worker:
      worker === null ? null : worker.host === null ? `worker ${worker.id}` : `${worker.host}:${worker.pid}`,
    cancellation:
      cancellation === null
        ? null
        : { reason: cancellation.reason, at: Date.parse(cancellation.requestedAt) },
    waitsFor: job.waitsFor,
    awaitedBy: job.awaitedBy,
  };
}

function scheduleOf({
  module,
  name,
  kind,
  timing,
  nextAt,
  lastAt,
  runRequestedAt,
  pausedAt,
  pausedBy,
}: ScheduleStatus): ScheduleView {
  const { cron, timeZone, everyMs } = timing;
  return {
    module,
    name,
    kind,
    timing: everyMs === undefined ? `${cron} ${timeZone}` : `every ${writeDuration(everyMs)}`,
    nextAt: nextAt.getTime(),
    lastAt: lastAt?.getTime() ?? null,
    requestedAt: runRequestedAt?.getTime() ?? null,
    paused: pausedAt === null ? null : { by: pausedBy, since: pausedAt.getTime() },
  };
}
