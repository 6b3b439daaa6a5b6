import pg from "pg";
import { findInstalledApp, Pool, workerRole } from "../../postgres/index.ts";
import { JobError } from "../errors.ts";
import {
  listSchedules,
  pauseSchedules,
  resumeSchedules,
  runSchedulesNow,
  type ScheduleStatus,
} from "../schedules/schedule-control.ts";
import { scheduleTopic } from "../schedules/schedules.ts";
import type { Execute, StoreParts } from "../store/store-parts.ts";
import { jobTopic } from "../topics.ts";
import { WAKE_CHANNEL } from "../worker/wake.ts";
import { type ActionOptions, type ActionResult, actOnFilter, MOST_COUNTED } from "./job-action-run.ts";
import { cancel, discard, type JobAction, retry } from "./job-actions.ts";
import { type JobFilter, splitJobId } from "./job-filter.ts";
import { inspectJob, type JobDetails } from "./job-inspection.ts";
import { type BoundedCount, countJobs, type JobPage, listJobs } from "./job-listing.ts";
import {
  type CountBounds,
  countFound,
  type FoundJobs,
  type JobSearch,
  type SearchedCount,
  searchJobs,
} from "./job-search.ts";
import { type QueuesOverview, queuesOverview } from "./queue-overview.ts";
import { type PausedQueue, pausedQueues, type QueueStats, queueStats } from "./queue-stats.ts";

/**
 * Looks at the queues of an app and acts on them, whole filters at a time. Needs nothing but the database: neither
 * the app's code nor a running instance, which are only woken.
 */
export class QueueAdministration {
  readonly app: string;
  /** Those with queues, in the order of their names. */
  readonly modules: readonly string[];
  readonly #pool: Pool;
  readonly #ownsPool: boolean;
  readonly #role: string;
  readonly #execute: Execute;

  /** Over the pool of an instance, which stays the caller's to stop; under `role`, the worker role's unless given. */
  constructor(
    parts: {
      readonly app: string;
      readonly modules: readonly string[];
      readonly pool: Pool;
      /** One that inherits the worker role, so that PostgreSQL can tell its cost from that of the workers. */
      readonly role?: string;
    },
    ownsPool = false,
  ) {
    this.app = parts.app;
    this.modules = parts.modules;
    this.#pool = parts.pool;
    this.#ownsPool = ownsPool;
    this.#role = parts.role ?? workerRole(parts.app);
    this.#execute = (statement) => this.#pool.execute(this.#role, statement);
  }

  /** Over connections of its own, as an administrator of the database. */
  static async open(adminUrl: string): Promise<QueueAdministration> {
    const { app, modules, connection } = await findInstalledApp(adminUrl);
    const pool = new Pool({
      connection,
      max: 2,
      applicationName: "ashlar administration",
      // To compile a statement that looks at some rows or acts on a batch takes longer than to run it.
      settings: { jit: "off" },
      // Over millions of jobs, a filter by the text of an error takes its time.
      statementTimeoutMs: 120_000,
      transactionTimeoutMs: 120_000,
    });
    return new QueueAdministration({ app, modules, pool }, true);
  }

  /** Closes its own connections. May be called again. */
  async close(): Promise<void> {
    if (this.#ownsPool) await this.#pool.stop();
  }

  /** For statements of other parts of the framework that need no more than these: the lag of events, replays. */
  get execute(): Execute {
    return this.#execute;
  }

  get pool(): Pool {
    return this.#pool;
  }

  async list(filter: JobFilter, page: { limit?: number; after?: string | null } = {}): Promise<JobPage> {
    this.#check(filter);
    return await listJobs(this.#execute, this.modules, filter, {
      limit: page.limit ?? 50,
      after: page.after ?? null,
    });
  }

  /** Never counts beyond `atMost`. */
  async count(filter: JobFilter, atMost = MOST_COUNTED): Promise<BoundedCount> {
    this.#check(filter);
    return await countJobs(this.#execute, this.modules, filter, { atMost });
  }

  /** For those who look on: dead jobs first, and never at more than `lookAtMost` jobs for a page. */
  async search(filter: JobFilter, page: Partial<JobSearch> = {}): Promise<FoundJobs> {
    this.#check(filter);
    return await searchJobs(this.#execute, this.modules, filter, {
      limit: 50,
      after: null,
      lookAtMost: LOOKED_AT,
      ...page,
    });
  }

  /** As `count`, but among no more than `lookAtMost` jobs; also of those that each action could be done to. */
  async countFound(
    filter: JobFilter,
    bounds: CountBounds,
  ): Promise<BoundedCount & Pick<SearchedCount, "amongNewest"> & Record<ActionName, BoundedCount>> {
    this.#check(filter);
    const { inStates, ...found } = await countFound(this.#execute, this.modules, filter, bounds);
    return {
      ...found,
      retry: inStates(retry.states),
      cancel: inStates(cancel.states),
      discard: inStates(discard.states),
    };
  }

  /** To how many jobs of the filter the action could be done, counted likewise. */
  async countFor(
    action: ActionName,
    filter: JobFilter,
    bounds: CountBounds,
  ): Promise<BoundedCount & Pick<SearchedCount, "amongNewest">> {
    this.#check(filter);
    const { states } = ACTIONS[action];
    const { inStates: _, ...found } = await countFound(this.#execute, this.modules, filter, {
      ...bounds,
      states,
    });
    return found;
  }

  /** What is in the queues, by state. Cheap enough to look every few seconds: counts end at `atMost`. */
  async overview(atMost: number): Promise<QueuesOverview> {
    return await queuesOverview(this.#execute, this.modules, atMost);
  }

  /** Null when there is no such job, or none any more. */
  async show(id: string): Promise<JobDetails | null> {
    this.#check({ ids: [id] });
    const [module, number] = splitJobId(id)!;
    return await inspectJob(this.#execute, module, number);
  }

  /** Dead jobs begin anew; retryable and scheduled ones become available now. */
  retry(filter: JobFilter, options: ActionOptions = {}): Promise<ActionResult> {
    return this.#act(retry, filter, options);
  }

  /** Unfinished jobs end as cancelled: those that run as soon as their handlers obey. */
  cancel(filter: JobFilter, options: ActionOptions = {}): Promise<ActionResult> {
    return this.#act(cancel, filter, options);
  }

  /** Dead letters are given up for good; they stay among the finished jobs, as cancelled. */
  discard(filter: JobFilter, options: ActionOptions = {}): Promise<ActionResult> {
    return this.#act(discard, filter, options);
  }

  async stats(modules: readonly string[] = this.modules): Promise<QueueStats> {
    this.#check({ modules });
    return await queueStats(this.#execute, modules);
  }

  async paused(): Promise<PausedQueue[]> {
    return await pausedQueues(this.#execute, this.modules);
  }

  /** No worker claims of it any more, on any instance, within a second; what runs goes on. False if it was paused. */
  async pauseQueue(module: string, queue: string, by: string | null = null): Promise<boolean> {
    this.#check({ modules: [module] });
    const { rowCount } = await this.#execute({
      text: `insert into ${pg.escapeIdentifier(module)}._paused_queues (queue, paused_by) values ($1, $2)
        on conflict (queue) do nothing`,
      values: [queue, by],
    });
    if (rowCount > 0) await this.#notify([jobTopic(module, queue)]);
    return rowCount > 0;
  }

  /** False if it was not paused. */
  async resumeQueue(module: string, queue: string): Promise<boolean> {
    this.#check({ modules: [module] });
    const { rowCount } = await this.#execute({
      text: `delete from ${pg.escapeIdentifier(module)}._paused_queues where queue = $1`,
      values: [queue],
    });
    if (rowCount > 0) await this.#notify([jobTopic(module, queue)]);
    return rowCount > 0;
  }

  /** Whether a job of that queue is there or was; a queue is not stored, so one that never had a job is unknown. */
  async hasSeenQueue(module: string, queue: string): Promise<boolean> {
    return (await this.count({ modules: [module], queues: [queue] }, 1)).count > 0;
  }

  async schedules(modules: readonly string[] = this.modules): Promise<ScheduleStatus[]> {
    this.#check({ modules });
    const all: ScheduleStatus[] = [];
    for (const module of modules) all.push(...(await listSchedules(this.#execute, module)));
    return all;
  }

  /** Of the schedules that are named, those that exist; a worker runs them. */
  async runSchedules(module: string, names: readonly string[]): Promise<string[]> {
    this.#check({ modules: [module] });
    const found = await runSchedulesNow(this.#execute, module, names);
    if (found.length > 0) await this.#notify([scheduleTopic(module)]);
    return found;
  }

  /** Those that were not paused before. */
  async pauseSchedules(
    module: string,
    names: readonly string[],
    by: string | null = null,
  ): Promise<string[]> {
    this.#check({ modules: [module] });
    return await pauseSchedules(this.#execute, module, names, by);
  }

  /** Those that were paused. They go on with their next time from now. */
  async resumeSchedules(module: string, names: readonly string[]): Promise<string[]> {
    this.#check({ modules: [module] });
    return await resumeSchedules(this.#execute, module, names);
  }

  async #act(action: JobAction, filter: JobFilter, options: ActionOptions): Promise<ActionResult> {
    this.#check(filter);
    return await actOnFilter(
      {
        modules: this.modules,
        partsOf: (module) => this.#partsOf(module),
        notify: (topics) => this.#notify(topics),
      },
      action,
      filter,
      options,
    );
  }

  #partsOf(module: string): StoreParts {
    return {
      app: this.app,
      module,
      schema: pg.escapeIdentifier(module),
      role: this.#role,
      pool: this.#pool,
      clock: () => null,
      // The limits are in the code. Nothing is let in here; admission does that.
      gates: { limit: () => undefined, rate: () => undefined },
    };
  }

  /** After the commit, as the workers themselves do it. */
  async #notify(topics: readonly string[]): Promise<void> {
    for (let from = 0; from < topics.length; from += TOPICS_A_NOTIFICATION) {
      const payload = topics.slice(from, from + TOPICS_A_NOTIFICATION).join(" ");
      await this.#execute({ text: "select pg_notify($1, $2)", values: [WAKE_CHANNEL, payload] });
    }
  }

  /** A name that does not exist is a mistake, and must not look like an empty queue. */
  #check({ modules, ids }: JobFilter): void {
    for (const module of modules ?? []) this.#checkModule(module);
    for (const id of ids ?? []) {
      const parts = splitJobId(id);
      if (parts === null) {
        throw new JobError(
          "ASHLAR_JOB_ID_INVALID",
          id,
          `${JSON.stringify(id)} is no job's id. One looks like ${this.modules[0] ?? "billing"}:1042.`,
        );
      }
      this.#checkModule(parts[0]);
    }
  }

  #checkModule(module: string): void {
    if (this.modules.includes(module)) return;
    throw new JobError(
      "ASHLAR_JOB_MODULE_UNKNOWN",
      module,
      `App ${this.app} has no module ${JSON.stringify(module)}. It has ${this.modules.join(", ")}.`,
    );
  }
}

export type ActionName = keyof typeof ACTIONS;

const ACTIONS = { retry, cancel, discard } as const satisfies Record<string, JobAction>;

/** What a page of a search looks at unless it is told otherwise. */
const LOOKED_AT = 50_000;

/** A notification takes less than 8,000 bytes; a topic has less than 150. */
const TOPICS_A_NOTIFICATION = 40;
