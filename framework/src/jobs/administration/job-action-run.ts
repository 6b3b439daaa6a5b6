import { alone, type StoreParts, together } from "../store/store-parts.ts";
import type { ActionEffect, JobAction } from "./job-actions.ts";
import { conditionsOf, JOB_TABLES, type JobFilter, type JobTable } from "./job-filter.ts";
import { type BoundedCount, countJobs } from "./job-listing.ts";

export interface ActionOptions {
  /** Counts the jobs that the action is for and does nothing. */
  readonly dryRun?: boolean;
  /** Told after each batch. */
  readonly onProgress?: (progress: ActionProgress) => void;
  /** Ends the work between two batches. */
  readonly signal?: AbortSignal;
  /** Kept with a cancelled job that runs, for its handler to see. */
  readonly reason?: string;
}

export interface ActionProgress {
  readonly done: number;
  /** Jobs that could not be retried, because an unfinished one has their unique key. */
  readonly inTheWay: number;
}

export interface ActionResult extends ActionProgress {
  /** Of a dry run: how many jobs it would be done to. */
  readonly wouldDo: BoundedCount | null;
}

const BATCH = 1000;
/** Counts end here, with "at least". */
export const MOST_COUNTED = 1_000_000;

/** What an action needs of whoever administers. */
export interface ActionGround {
  readonly modules: readonly string[];
  partsOf(module: string): StoreParts;
  notify(topics: readonly string[]): Promise<void>;
}

/** Does it batch by batch, each in a transaction of its own, so that a million jobs hold up nobody. */
export async function actOnFilter(
  ground: ActionGround,
  action: JobAction,
  filter: JobFilter,
  options: ActionOptions,
): Promise<ActionResult> {
  if (options.dryRun === true)
    return { done: 0, inTheWay: 0, wouldDo: await countIn(ground, action, filter) };
  const progress = { done: 0, inTheWay: 0 };
  for (const module of ground.modules) {
    for (const table of JOB_TABLES) {
      for await (const effect of batches(ground.partsOf(module), action, filter, table, options)) {
        progress.done += effect.done;
        progress.inTheWay += effect.inTheWay;
        await ground.notify(effect.topics);
        options.onProgress?.({ ...progress });
      }
    }
  }
  return { ...progress, wouldDo: null };
}

async function countIn(ground: ActionGround, action: JobAction, filter: JobFilter): Promise<BoundedCount> {
  const [first] = ground.modules;
  if (first === undefined) return { count: 0, isAtLeast: false };
  return await countJobs(alone(ground.partsOf(first)), ground.modules, filter, {
    atMost: MOST_COUNTED,
    states: action.states,
  });
}

/** Each job is met once: batches go up the ids, to the highest there was at the start. */
async function* batches(
  parts: StoreParts,
  action: JobAction,
  filter: JobFilter,
  table: JobTable,
  { signal, reason }: ActionOptions,
): AsyncGenerator<ActionEffect> {
  if (conditionsOf(filter, parts.module, table, action.states) === null) return;
  const source = `${parts.schema}.${table}`;
  const execute = alone(parts);
  const { rows } = await execute<{ highest: number | null }>({
    text: `select max(id) as highest from ${source}`,
    values: [],
  });
  const highest = rows[0]!.highest;
  for (let last = 0; highest !== null && last < highest; ) {
    signal?.throwIfAborted();
    const conditions = conditionsOf(filter, parts.module, table, action.states)!;
    conditions
      .add(last, (given) => `id > ${given}::bigint`)
      .add(highest, (given) => `id <= ${given}::bigint`);
    const batch = await execute<{ id: number }>({
      text: `select id from ${source} where ${conditions.text} order by id limit ${BATCH}`,
      values: conditions.values,
    });
    const ids = batch.rows.map(({ id }) => id);
    if (ids.length === 0) return;
    yield await together(parts, (within) => action.apply(parts, within, table, ids, reason ?? null));
    last = ids.at(-1)!;
  }
}
