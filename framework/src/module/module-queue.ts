import { type AnyEvent, validator } from "../contract/index.ts";
import { publishStatement } from "../events/index.ts";
import {
  type AnyJob,
  cancelTopic,
  type Enqueued,
  type EnqueueOptions,
  type Enqueuer,
  type Execute,
  JobError,
  type JobId,
  type JobRequest,
  type JobStore,
  jobTopic,
  type NewJob,
  newJob,
  outboxTopic,
  type QueuePolicy,
  topicsOf,
} from "../jobs/index.ts";
import type { Pool } from "../postgres/index.ts";
import { callOutsideRun, deadlineExceeded, SchemaError, writeInQuery } from "./errors.ts";
import { type JobStatus, jobStatus } from "./job.ts";
import { ownStatement } from "./own-statement.ts";
import { currentRun, type Run } from "./run.ts";

export interface ModuleQueueParts {
  readonly module: string;
  /** The module's app role. */
  readonly role: string;
  readonly queues: Readonly<Record<string, QueuePolicy>>;
  /** The kinds that have a handler. */
  readonly handled: ReadonlySet<AnyJob>;
  readonly pool: () => Pool;
  readonly store: () => JobStore;
  readonly enqueuer: () => Enqueuer;
  readonly ring: (topics: readonly string[]) => void;
}

/**
 * How one module enqueues, publishes and looks at its jobs. Inside a transaction everything is a statement of that
 * transaction; outside of one, what is enqueued at the same time is committed together.
 */
export class ModuleQueue {
  readonly #parts: ModuleQueueParts;

  constructor(parts: ModuleQueueParts) {
    this.#parts = parts;
  }

  readonly enqueue = async (
    job: AnyJob,
    payload: unknown,
    options: EnqueueOptions = {},
  ): Promise<Enqueued> => {
    const run = this.#run("enqueue a job");
    const toEnqueue = this.#newJob({ job, payload, options }, run);
    if (run.unit === null) {
      return await ownStatement(run, this.#enqueueName([toEnqueue]), () =>
        this.#parts.enqueuer().enqueue(toEnqueue),
      );
    }
    return (await this.#insert(run, [toEnqueue]))[0]!;
  };

  readonly enqueueAll = async (requests: readonly JobRequest[]): Promise<readonly Enqueued[]> => {
    const run = this.#run("enqueue jobs");
    return await this.#insert(
      run,
      requests.map((request) => this.#newJob(request, run)),
    );
  };

  readonly enqueueBatch = async (batch: {
    readonly jobs: readonly JobRequest[];
    readonly last: JobRequest;
  }): Promise<{ jobs: readonly Enqueued[]; last: Enqueued }> => {
    const run = this.#run("enqueue a batch");
    // One transaction, or the last job could be enqueued for jobs that never were.
    if (run.unit === null) throw batchOutsideTransaction(run.bound.id);
    const jobs = await this.enqueueAll(batch.jobs);
    const last = await this.enqueue(batch.last.job, batch.last.payload, {
      ...batch.last.options,
      afterEnd: [...(batch.last.options.afterEnd ?? []), ...jobs.map(({ id }) => id)],
    });
    return { jobs, last };
  };

  readonly cancelJob = async (id: JobId, reason = "cancelled by its module"): Promise<boolean> => {
    const run = this.#run("cancel a job");
    const number = this.#numberOf(id);
    const { module, store } = this.#parts;
    const { outcome, wake } = await ownStatement(run, "cancel job", () =>
      store().requestCancel(this.#executeIn(run), number, reason),
    );
    const topics = wake.map((queue) => jobTopic(module, queue));
    this.#ringAfter(run, outcome === "requested" ? [cancelTopic(module, number)] : topics);
    return outcome !== "ended";
  };

  readonly findJob = async (id: JobId): Promise<JobStatus | null> => {
    const run = this.#run(null);
    const number = this.#numberOf(id);
    const found = await ownStatement(run, "find job", () =>
      this.#parts.store().find(this.#executeIn(run), number),
    );
    return found === null ? null : jobStatus(this.#parts.module, found);
  };

  readonly publish = async (
    event: AnyEvent,
    payload: unknown,
    options: { readonly key?: string } = {},
  ): Promise<void> => {
    const run = this.#run("publish an event");
    const { module } = this.#parts;
    if (event.contract !== module)
      throw new TypeError(`${module} cannot publish ${event.id}, an event of ${event.contract}.`);
    const check = validator(event.payload);
    if (!check.accepts(payload)) throw new SchemaError(event.id, "payload", check.violations(payload));
    const statement = publishStatement({
      module,
      event: event.id,
      version: event.version,
      payload,
      key: options.key ?? null,
      traceId: run.traceId,
    });
    await ownStatement(run, `publish ${event.id}`, () => this.#executeIn(run)(statement));
    this.#ringAfter(run, [outboxTopic(module)]);
  };

  /** From outside all runs: the host, a command line, a test. */
  async enqueueFromOutside(request: JobRequest): Promise<Enqueued> {
    return await this.#parts.enqueuer().enqueue(this.#newJob(request, null));
  }

  async enqueueAllFromOutside(requests: readonly JobRequest[]): Promise<readonly Enqueued[]> {
    const { pool, role, ring } = this.#parts;
    const jobs = requests.map((request) => this.#newJob(request, null));
    const enqueued = await this.#parts.store().enqueue((statement) => pool().execute(role, statement), jobs);
    ring(topicsOf(this.#parts.module, jobs));
    return enqueued;
  }

  async #insert(run: Run, jobs: readonly NewJob[]): Promise<Enqueued[]> {
    if (jobs.length === 0) return [];
    const enqueued = await ownStatement(run, this.#enqueueName(jobs), () =>
      this.#parts.store().enqueue(this.#executeIn(run), jobs),
    );
    this.#ringAfter(run, topicsOf(this.#parts.module, jobs));
    return enqueued;
  }

  #newJob(request: JobRequest, run: Run | null): NewJob {
    const { module, queues, handled } = this.#parts;
    const { job } = request;
    if (job.module !== module) {
      throw new TypeError(
        `${module} cannot enqueue ${job.id}, a job of ${job.module}: publish an event, or call its contract.`,
      );
    }
    if (!handled.has(job)) {
      throw new JobError(
        "ASHLAR_JOB_HANDLER_MISSING",
        job.id,
        `${job.id} was enqueued, but nothing performs it: list its handler in \`jobs\` of src/module.ts.`,
      );
    }
    if (run === null) return newJob(request, queues);
    return newJob(request, queues, run.traceId, { span: run.bound.module.spans.wireId(run.span) });
  }

  #enqueueName(jobs: readonly NewJob[]): string {
    const { module } = this.#parts;
    const { kind } = jobs[0]!;
    return jobs.every((job) => job.kind === kind) ? `enqueue ${module}.${kind}` : `enqueue jobs of ${module}`;
  }

  /** The run that this is called in, which must be one of this module; `write` says what a query may not do. */
  #run(write: string | null): Run {
    const { module } = this.#parts;
    const run = currentRun();
    if (run === undefined || run.bound.module.name !== module) {
      throw callOutsideRun(write ?? "look at a job", module);
    }
    if (write !== null && run.readOnly) throw writeInQuery(run.bound.id, write);
    if (Date.now() > run.deadline) throw deadlineExceeded(run.bound.id);
    return run;
  }

  #executeIn(run: Run): Execute {
    const { unit, bound } = run;
    const { pool } = this.#parts;
    return unit === null
      ? (statement) => pool().execute(bound.role, statement)
      : (statement) => unit.transaction.execute(bound.role, statement, unit.savepoint);
  }

  /** Rings when the run's transaction has committed; at once when it has none. */
  #ringAfter(run: Run, topics: readonly string[]): void {
    if (topics.length === 0) return;
    if (run.unit === null) {
      this.#parts.ring(topics);
      return;
    }
    const { wakes } = run.unit;
    wakes.topics ??= [];
    wakes.topics.push(...topics);
  }

  #numberOf(id: JobId): number {
    const { module } = this.#parts;
    const [owner, digits] = id.split(":");
    const number = Number(digits);
    if (owner !== module || !Number.isSafeInteger(number) || number < 1) {
      throw new JobError(
        "ASHLAR_JOB_ID_INVALID",
        id,
        `${JSON.stringify(id)} is no job of ${module}; its ids look like ${module}:1042.`,
      );
    }
    return number;
  }
}

function batchOutsideTransaction(operation: string): JobError {
  return new JobError(
    "ASHLAR_BATCH_OUTSIDE_TRANSACTION",
    operation,
    `${operation} enqueued a batch outside of a transaction. Wrap it in \`transaction\`, so that the batch is there whole or not at all.`,
  );
}
