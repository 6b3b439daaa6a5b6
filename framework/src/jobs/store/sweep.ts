import { cancelPending } from "./cancellation.ts";
import { settleDependents } from "./dependents.ts";
import { limitsOf, unpark } from "./gates.ts";
import { perSchema } from "./per-schema.ts";
import { endedPrerequisites } from "./prerequisites.ts";
import { expel } from "./rescue.ts";
import { union } from "./settle.ts";
import { alone, type StoreParts, together } from "./store-parts.ts";

/**
 * Puts right what a process left undone that died between two transactions, and throws away what is past its use.
 * May run on any number of instances at once. Returns the queues in which jobs became available.
 */
export async function sweep(parts: StoreParts): Promise<{ readonly wake: readonly string[] }> {
  const execute = alone(parts);
  const rescued = await rescueOrphans(parts);
  await execute({ text: stalePermitsText(parts.schema), values: [] });
  const { rows: stopped } = await execute<{ id: number }>({ text: stoppedText(parts.schema), values: [] });
  const cancelled = await together(parts, (inside) =>
    cancelPending(
      parts,
      inside,
      stopped.map(({ id }) => id),
      null,
    ),
  );
  await execute({ text: obeyedText(parts.schema), values: [] });
  const told = await together(parts, async (inside) =>
    settleDependents(parts, inside, await endedPrerequisites(parts, inside, null)),
  );
  const called = await callForgotten(parts);
  await execute({ text: idleText(parts.schema), values: [parts.clock()] });
  return { wake: union(rescued, cancelled.wake, told, called) };
}

/** Jobs that a worker claimed while it was being expelled, and then died: no row of the register leads to them. */
async function rescueOrphans(parts: StoreParts): Promise<readonly string[]> {
  const { rows } = await alone(parts)<{ worker: number }>({ text: orphansText(parts.schema), values: [] });
  const wake: (readonly string[])[] = [];
  for (const { worker } of rows) {
    wake.push((await together(parts, (inside) => expel(parts, inside, worker))).wake);
  }
  return union(...wake);
}

/** Reads all available and running jobs. A worker's row is there before its first claim. */
const orphansText = perSchema(
  (s) => `select distinct j.worker from ${s}._jobs j
  where j.run_at is null and j.worker is not null
    and not exists (select from ashlar.workers w where w.id = j.worker)`,
);

interface Parked {
  readonly limitKey: string | null;
  readonly orderKey: string | null;
  readonly kind: string;
  readonly queue: string;
}

async function callForgotten(parts: StoreParts): Promise<string[]> {
  const { rows } = await alone(parts)<Parked>({ text: parkedText(parts.schema), values: [] });
  if (rows.length === 0) return [];
  const turns = new Set(rows.flatMap(({ orderKey }) => (orderKey === null ? [] : [orderKey])));
  return together(parts, (inside) => unpark(parts, inside, limitsOf(parts, rows), [...turns], ALL));
}

const ALL = 2_147_483_647;

/** Permits of jobs that nobody runs, or somebody else. A job and its permit go in one transaction. */
const stalePermitsText = perSchema(
  (s) => `delete from ${s}._job_permits p
  where not exists (select from ${s}._jobs j where j.id = p.job and j.worker = p.worker)`,
);

/** Jobs to be stopped that had gone back into the queue when somebody asked for it. */
const stoppedText = perSchema(
  (s) =>
    `select c.job as id from ${s}._job_cancellations c join ${s}._jobs j on j.id = c.job where j.worker is null`,
);

const obeyedText = perSchema(
  (s) =>
    `delete from ${s}._job_cancellations c where not exists (select from ${s}._jobs j where j.id = c.job)`,
);

/** One of each kind under each limit, and the heads of the lines. */
const parkedText = perSchema(
  (s) => `select distinct limit_key as "limitKey", null as "orderKey", kind, queue from ${s}._jobs
  where limit_key is not null and run_at = 'infinity' and coalesce(dependencies_left, 0) = 0
  union all select null, order_key, kind, queue from (
    select distinct on (order_key) order_key, kind, queue, run_at, dependencies_left from ${s}._jobs
    where order_key is not null order by order_key, seq) as head
  where run_at = 'infinity' and coalesce(dependencies_left, 0) = 0`,
);

/** Locked gates are in use. */
const idleText = perSchema(
  (s) => `with ended as (
    delete from ${s}._job_periods where ends_at <= coalesce($1::timestamptz, now())
  )
  delete from ${s}._job_gates where key in (
    select g.key from ${s}._job_gates g
    where g.used_at < now() - interval '1 minute'
      and (g.arrival is null or g.arrival < coalesce($1::timestamptz, now()))
      and not exists (select from ${s}._job_permits p where p.limit_key = g.key)
    for update skip locked)`,
);
