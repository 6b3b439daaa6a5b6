import type { ClaimedJob } from "../attempt.ts";
import { perSchema } from "./per-schema.ts";
import type { Execute, StoreParts } from "./store-parts.ts";

/** What a limit key without a limit in the code allows. */
const UNLIMITED = 2_147_483_647;

type Gated = Pick<ClaimedJob, "id" | "kind" | "queue" | "limitKey" | "orderKey">;

const lockText = perSchema(
  (s) => `select key from ${s}._job_gates where key = any ($1::text[]) order by key for update`,
);

/** Waits until no other transaction admits or settles jobs under the same keys. Always before locking jobs. */
export async function lockGates(parts: StoreParts, execute: Execute, jobs: readonly Gated[]): Promise<void> {
  const keys = jobs.flatMap(({ limitKey, orderKey }) => [limitKey, orderKey]).filter((key) => key !== null);
  await lockKeys(parts, execute, keys);
}

export async function lockKeys(parts: StoreParts, execute: Execute, keys: readonly string[]): Promise<void> {
  await execute({ text: lockText(parts.schema), values: [[...new Set(keys)].sort()] });
}

/** Gives up what the jobs hold and lets in who waits for it. Returns the queues in which jobs became available. */
export async function freePermits(
  parts: StoreParts,
  execute: Execute,
  jobs: readonly Gated[],
): Promise<string[]> {
  if (jobs.length === 0) return [];
  const turns = jobs.flatMap(({ orderKey }) => (orderKey === null ? [] : [orderKey]));
  const limits = limitsOf(parts, jobs);
  await execute({
    text: freeText(parts.schema),
    values: [[...limits.keys(), ...turns], jobs.map(({ id }) => id), turns],
  });
  return unpark(parts, execute, limits, turns);
}

/** A line that is empty leaves no gate behind, as there may be one for every customer. */
const freeText = perSchema(
  (s) => `with freed as (
    delete from ${s}._job_permits where limit_key = any ($1::text[]) and job = any ($2::bigint[])
  )
  delete from ${s}._job_gates g where g.key = any ($3::text[])
    and not exists (select from ${s}._jobs j where j.order_key = g.key)`,
);

/** The limits that hold for the jobs, with their maxima. */
export function limitsOf(
  parts: StoreParts,
  jobs: readonly Pick<Gated, "kind" | "queue" | "limitKey">[],
): Map<string, number> {
  const limits = new Map<string, number>();
  for (const { kind, queue, limitKey } of jobs) {
    if (limitKey !== null) limits.set(limitKey, parts.gates.limit(kind, queue) ?? UNLIMITED);
  }
  return limits;
}

/** Most waiting jobs of a limit that are looked at for some that can start. */
const MOST_LOOKED_AT = 200;

/**
 * Makes jobs available that wait for one of the limits, as many as there are places, and the first in each of the
 * lines. They are not in yet: when they are claimed, admission decides anew.
 */
export async function unpark(
  parts: StoreParts,
  execute: Execute,
  limits: ReadonlyMap<string, number>,
  turns: readonly string[],
  lookAt = MOST_LOOKED_AT,
): Promise<string[]> {
  if (limits.size === 0 && turns.length === 0) return [];
  const { rows } = await execute<{ queue: string }>({
    text: unparkText(parts.schema),
    values: [[...limits.keys()], [...limits.values()], turns, lookAt],
  });
  return [...new Set(rows.map(({ queue }) => queue))];
}

/** Guarded by _jobs_limit_key and _jobs_order_key. */
const unparkText = perSchema(
  (s) => `with room as (
    select g.key, greatest(g.maximum - (select count(*) from ${s}._job_permits p where p.limit_key = g.key), 0) as places
    from unnest($1::text[], $2::integer[]) as g (key, maximum)
  ), chosen as (
    select c.id from room r, lateral (
      select w.id from (
        select j.id, j.priority, j.seq, j.order_key from ${s}._jobs j
        where j.limit_key = r.key and j.run_at = 'infinity' and coalesce(j.dependencies_left, 0) = 0
        order by j.priority, j.seq limit $4
      ) w
      where w.order_key is null or (
        not exists (select from ${s}._jobs h where h.order_key = w.order_key and h.seq < w.seq)
        and not exists (select from ${s}._job_permits p where p.limit_key = w.order_key))
      order by w.priority, w.seq limit r.places
    ) c
    union
    select h.id from unnest($3::text[]) as t (key), lateral (
      select j.id, j.run_at, j.dependencies_left from ${s}._jobs j where j.order_key = t.key order by j.seq limit 1
    ) h
    where h.run_at = 'infinity' and coalesce(h.dependencies_left, 0) = 0
      and not exists (select from ${s}._job_permits p where p.limit_key = t.key)
  )
  update ${s}._jobs set run_at = null
  where id = any (array(select id from chosen order by id)) and run_at = 'infinity'
    and coalesce(dependencies_left, 0) = 0
  returning queue`,
);
