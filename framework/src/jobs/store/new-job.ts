import { validator } from "../../contract/index.ts";
import {
  type AnyJob,
  DEFAULT_MAX_ATTEMPTS,
  DEFAULT_QUEUE,
  DEFAULT_TIMEOUT_MS,
  type EnqueueOptions,
  type JobRequest,
  type QueuePolicy,
} from "../declaration.ts";
import { JobError, JobPayloadError } from "../errors.ts";
import { gateKey, uniqueKey } from "./job-keys.ts";
import { dependenciesOf, type NewDependency } from "./new-dependencies.ts";

/** A job as it is about to be stored: checked, and with its policy applied. */
export interface NewJob {
  readonly kind: string;
  readonly queue: string;
  readonly priority: number;
  /** As JSON text. */
  readonly payload: string;
  readonly maxAttempts: number;
  /** From now by the database's clock. */
  readonly delayMs: number | null;
  readonly runAt: Date | null;
  readonly timeoutMs: number | null;
  readonly unique: NewUnique | null;
  readonly orderKey: string | null;
  readonly limitKey: string | null;
  readonly rateKey: string | null;
  readonly tenant: string | null;
  /** Whether its place in the queue is the tenant's turn. */
  readonly isFair: boolean;
  readonly tags: readonly string[] | null;
  readonly after: readonly NewDependency[] | null;
  readonly origin: JobOrigin | null;
  /** A UUID. */
  readonly traceId: string | null;
}

/** What made a job. */
export type JobOrigin =
  | { readonly schedule: string; readonly scheduledFor?: Date }
  /** As other processes know it: 16 hexadecimal digits. */
  | { readonly span: string };

export interface NewUnique {
  readonly key: string;
  readonly onConflict: "keep" | "replace" | "reschedule";
  readonly withinMs: number | null;
}

/**
 * Throws JobPayloadError when the payload is not what its schema says, and JobError ASHLAR_JOB_OPTIONS_INVALID when
 * the options make no sense. `queues` are those of the module.
 */
export function newJob(
  request: JobRequest,
  queues: Readonly<Record<string, QueuePolicy>>,
  traceId: string | null = null,
  origin: JobOrigin | null = null,
): NewJob {
  const { job, options } = request;
  const { policy } = job as AnyJob;
  const payload = payloadText(job, request.payload);
  checkOptions(job, options);
  const queue = policy.queue ?? DEFAULT_QUEUE;
  const queuePolicy = queues[queue];
  if (queuePolicy === undefined && queue !== DEFAULT_QUEUE) {
    throw invalid(job, `its queue "${queue}" is not one of the module's queues; declare it in define()`);
  }
  const keyOf = (by: ((payload: unknown) => string) | undefined) => by?.(request.payload) ?? "";
  const isFair = queuePolicy?.isFair ?? false;
  return {
    kind: job.name,
    queue,
    priority: options.priority ?? policy.priority ?? 0,
    payload,
    maxAttempts: options.maxAttempts ?? policy.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
    delayMs: options.delayMs ?? null,
    runAt: options.runAt ?? null,
    timeoutMs: options.timeoutMs ?? policy.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    unique:
      policy.unique === undefined
        ? null
        : {
            key: uniqueKey(job.name, policy.unique.by, request.payload),
            onConflict: policy.unique.onConflict ?? "keep",
            withinMs: policy.unique.withinMs ?? null,
          },
    orderKey: policy.order === undefined ? null : gateKey("order", job.name, keyOf(policy.order)),
    limitKey:
      policy.limit !== undefined
        ? gateKey("limit", job.name, keyOf(policy.limit.key))
        : queuePolicy?.limit !== undefined
          ? gateKey("queue", queue, "")
          : null,
    rateKey: policy.rate === undefined ? null : gateKey("rate", job.name, keyOf(policy.rate.key)),
    tenant: policy.tenant !== undefined ? keyOf(policy.tenant) : isFair ? "" : null,
    isFair,
    tags: tagsOf(policy.tags, options.tags),
    after: dependenciesOf(job, options),
    origin,
    traceId,
  };
}

function payloadText(job: AnyJob, payload: unknown): string {
  const schema = validator(job.payload);
  if (!schema.accepts(payload)) throw new JobPayloadError(job.id, schema.violations(payload));
  const text = JSON.stringify(payload) ?? "null";
  // Seldom there, so the search for the backslash decides it.
  if (text.includes("\\u") && /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(text)) {
    throw new JobPayloadError(job.id, [
      { path: "", message: "holds a NUL character or half a surrogate pair, which PostgreSQL cannot store" },
    ]);
  }
  return text;
}

function tagsOf(
  ofKind: readonly string[] | undefined,
  ofJob: readonly string[] | undefined,
): readonly string[] | null {
  const all =
    ofKind === undefined ? ofJob : ofJob === undefined ? ofKind : [...new Set([...ofKind, ...ofJob])];
  return all === undefined || all.length === 0 ? null : all;
}

const LONGEST_MS = 2_147_483_647;

function checkOptions(job: AnyJob, options: EnqueueOptions): void {
  const { runAt, delayMs, priority, maxAttempts, timeoutMs } = options;
  if (runAt !== undefined && delayMs !== undefined)
    throw invalid(job, "both runAt and delayMs are given; give one");
  if (runAt !== undefined && Number.isNaN(runAt.getTime())) throw invalid(job, "runAt is not a valid date");
  if (delayMs !== undefined && !(Number.isFinite(delayMs) && delayMs >= 0)) {
    throw invalid(job, `delayMs is ${delayMs}; it is a number of milliseconds, 0 or more`);
  }
  checkInteger(job, "priority", priority, -100, 100);
  checkInteger(job, "maxAttempts", maxAttempts, 1, 32_767);
  checkInteger(job, "timeoutMs", timeoutMs, 1, LONGEST_MS);
}

function checkInteger(job: AnyJob, name: string, value: number | undefined, from: number, to: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= from && value <= to)) return;
  throw invalid(job, `${name} is ${value}; it is a whole number from ${from} to ${to}`);
}

function invalid(job: AnyJob, what: string): JobError {
  return new JobError(
    "ASHLAR_JOB_OPTIONS_INVALID",
    job.id,
    `${job.id} cannot be enqueued like this: ${what}.`,
  );
}
