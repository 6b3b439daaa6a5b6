import pg from "pg";
import type { Statement } from "../../postgres/index.ts";
import type { BackgroundTask } from "./worker-options.ts";
import { WORKER_LOCK } from "./worker-row.ts";

export interface TickQuestion {
  readonly worker: number;
  readonly leaseMs: number;
  /** Whether the worker's own session holds the lock on its id. */
  readonly holdsLock: boolean;
}

export interface TickOfModule {
  /** Queues with a job that somebody could claim. */
  readonly ready: readonly string[];
  readonly paused: readonly string[];
  /** Until the next job is due, in milliseconds; negative when one is overdue, null when none is scheduled. */
  readonly dueInMs: number | null;
  /** Jobs of this worker that somebody wants stopped. */
  readonly cancellations: readonly { readonly job: number; readonly reason: string | null }[];
}

export interface TickAnswer {
  /** False when the worker has been expelled. */
  readonly isKnown: boolean;
  /** Workers that are gone: silent for longer than the lease, or with a lock that anybody can take. */
  readonly gone: readonly number[];
  readonly modules: ReadonlyMap<string, TickOfModule>;
  /** Names of the tasks that are due. */
  readonly dueTasks: ReadonlySet<string>;
}

/** A process that holds its lock no longer is taken for gone only if it has missed so much of its heartbeat as well. */
const SILENCE_MS = 3_000;

/**
 * Builds the one statement that beats the heart and asks what there is to do, for all modules at once: an idle app
 * sends nothing else.
 */
export class TickStatement {
  readonly #text: string;
  readonly #beatOnly: string;

  /** `withLocks`: whether workers without their session lock are to be found. */
  constructor(
    modules: readonly { readonly module: string; readonly queues: readonly string[] }[],
    tasks: readonly BackgroundTask[],
    options: { readonly withLocks: boolean },
  ) {
    const beat =
      "with beat as (update ashlar.workers set seen_at = clock_timestamp(), holds_lock = $3 where id = $1 returning id)";
    this.#beatOnly = `${beat} select 'worker' as part,
      jsonb_build_object('known', exists (select from beat), 'stale', array[]::integer[]) as answer
      where $2::integer is not null`;
    this.#text = [
      `${beat} ${workerPart(options.withLocks)}`,
      ...modules.map(modulePart),
      ...tasks.filter(({ due }) => due !== undefined).map(taskPart),
    ].join("\nunion all ");
  }

  ask(question: TickQuestion): Statement {
    return { text: this.#text, values: [question.worker, question.leaseMs, question.holdsLock] };
  }

  /** Only the heartbeat: for when the rest fails, which must not cost the lease. */
  beatOnly(question: TickQuestion): Statement {
    return { text: this.#beatOnly, values: [question.worker, question.leaseMs, question.holdsLock] };
  }
}

export function readTick(rows: readonly Record<string, unknown>[]): TickAnswer {
  const modules = new Map<string, TickOfModule>();
  const dueTasks = new Set<string>();
  let isKnown = false;
  let gone: readonly number[] = [];
  for (const row of rows) {
    const [kind, name = ""] = splitOnce(String(row.part));
    if (kind === "worker") {
      const answer = row.answer as { known: boolean; stale: number[]; silent?: number[] };
      isKnown = answer.known;
      gone = [...new Set([...answer.stale, ...(answer.silent ?? [])])];
    } else if (kind === "module") modules.set(name, row.answer as TickOfModule);
    else if (row.answer === true) dueTasks.add(name);
  }
  return { isKnown, gone, modules, dueTasks };
}

function workerPart(withLocks: boolean): string {
  // The lock is tried only on rows that passed the condition, which OFFSET keeps apart; it ends with the statement.
  const silent = `'silent', array(select suspect.id from (
      select id from ashlar.workers
      where id <> $1 and holds_lock and seen_at < clock_timestamp() - interval '${SILENCE_MS} milliseconds' offset 0
    ) as suspect where pg_try_advisory_xact_lock(${WORKER_LOCK}, suspect.id))`;
  return `select 'worker' as part, jsonb_build_object(
    'known', exists (select from beat),
    'stale', array(select id from ashlar.workers
      where id <> $1 and seen_at < clock_timestamp() - $2::integer * interval '1 millisecond')
    ${withLocks ? `, ${silent}` : ""}) as answer`;
}

function modulePart({ module, queues }: { module: string; queues: readonly string[] }): string {
  const schema = pg.escapeIdentifier(module);
  const names = queues.map((queue) => pg.escapeLiteral(queue)).join(", ");
  // Each look goes to one end of an index: _jobs_ready for the queues, _jobs_due for the time.
  return `select ${pg.escapeLiteral(`module:${module}`)}, jsonb_build_object(
    'ready', array(select queue from unnest(array[${names}]::text[]) as q (queue)
      where exists (select from ${schema}._jobs as j
        where j.queue = q.queue collate "C" and j.run_at is null and j.worker is null)),
    'paused', array(select queue from ${schema}._paused_queues),
    'dueInMs', (select extract(epoch from run_at - now()) * 1000 from ${schema}._jobs
      where run_at is not null and run_at < 'infinity' order by run_at limit 1),
    'cancellations', coalesce((select jsonb_agg(jsonb_build_object('job', job, 'reason', reason))
      from ${schema}._job_cancellations as c
      where (select j.worker from ${schema}._jobs as j where j.id = c.job) = $1), '[]'))`;
}

function taskPart({ name, due }: BackgroundTask): string {
  return `select ${pg.escapeLiteral(`task:${name}`)}, to_jsonb(coalesce((${due}), false))`;
}

function splitOnce(text: string): [string, string?] {
  const at = text.indexOf(":");
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
