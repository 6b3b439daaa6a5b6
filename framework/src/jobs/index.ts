export { type ActionName, QueueAdministration } from "./administration/administration.ts";
export type { ActionOptions, ActionProgress, ActionResult } from "./administration/job-action-run.ts";
export {
  isUnfiltered,
  JOB_STATES,
  type JobFilter,
  type JobState,
  splitJobId,
} from "./administration/job-filter.ts";
export type { JobDetails } from "./administration/job-inspection.ts";
export type { BoundedCount, JobPage, ListedJob } from "./administration/job-listing.ts";
export type { CountBounds, FoundJobs, JobSearch, SearchedCount } from "./administration/job-search.ts";
export { type QueueDepth, queueDepths } from "./administration/queue-depths.ts";
export type { QueueOverview, QueuesOverview } from "./administration/queue-overview.ts";
export type { FinishedStats, KindStats, PausedQueue, QueueStats } from "./administration/queue-stats.ts";
export type { Attempt, AttemptResult, ClaimedJob, ModuleJobs, Perform } from "./attempt.ts";
export { defaultBackoff } from "./backoff.ts";
export {
  type AnyJob,
  DEFAULT_CONCURRENCY,
  DEFAULT_MAX_ATTEMPTS,
  DEFAULT_QUEUE,
  DEFAULT_TIMEOUT_MS,
  type Enqueued,
  type EnqueueOptions,
  type JobDeclaration,
  type JobId,
  type JobPayload,
  type JobPolicy,
  type JobRequest,
  type Limit,
  type QueuePolicy,
  type RateLimit,
  type ScheduleDeclaration,
  type ScheduleTiming,
  type Unique,
} from "./declaration.ts";
export { JobAborted, JobError, JobPayloadError, LeaseLostError } from "./errors.ts";
export { jobDeclaration } from "./job-declaration.ts";
export type { ScheduleStatus } from "./schedules/schedule-control.ts";
export {
  type ScheduleTaskParts,
  scheduleFaults,
  scheduleTask,
  scheduleTopic,
  syncSchedules,
} from "./schedules/schedules.ts";
export { Enqueuer } from "./store/enqueuer.ts";
export type { StoredJob } from "./store/find-job.ts";
export type { JobGates, Rate } from "./store/job-gates.ts";
export { gateKey } from "./store/job-keys.ts";
export { JobStore, type Settled } from "./store/job-store.ts";
export { type NewJob, newJob } from "./store/new-job.ts";
export type { Execute } from "./store/store-parts.ts";
export { cancelTopic, dueTopic, jobTopic, outboxTopic, topicsOf } from "./topics.ts";
export { type DrainedJob, type DrainParts, drain } from "./worker/drain.ts";
export { jobHousekeeping } from "./worker/job-housekeeping.ts";
export { createQueuePool, QUEUE_CONNECTIONS } from "./worker/queue-pool.ts";
export { WAKE_CHANNEL, Wake } from "./worker/wake.ts";
export { Worker } from "./worker/worker.ts";
export {
  type BackgroundTask,
  WORKER_DEFAULTS,
  type WorkerLog,
  type WorkerOptions,
  type WorkerState,
  type WorkerStats,
} from "./worker/worker-options.ts";
export type { WorkerParts } from "./worker/worker-parts.ts";
