import type { ClaimedJob } from "../attempt.ts";
import { wakeOf } from "./failures.ts";
import { nextSeq } from "./job-columns.ts";
import { perSchema } from "./per-schema.ts";
import { type Settled, settle, type Written } from "./settle.ts";
import type { Execute, StoreParts } from "./store-parts.ts";

/** Puts jobs back where they were, as if they had not been claimed. */
export function release(parts: StoreParts, worker: number, jobs: readonly ClaimedJob[]): Promise<Settled> {
  return settle(
    parts,
    jobs.map((job) => ({ job })),
    (execute, some) => requeue(parts, execute, releaseText, some, [worker, some.map(({ job }) => job.id)]),
  );
}

export interface Snooze {
  readonly job: ClaimedJob;
  readonly delayMs: number;
}

/** Puts jobs off; the attempt does not count. */
export function snooze(parts: StoreParts, worker: number, snoozed: readonly Snooze[]): Promise<Settled> {
  return settle(parts, snoozed, (execute, some) =>
    requeue(parts, execute, snoozeText, some, [
      worker,
      some.map(({ job }) => job.id),
      some.map(({ delayMs }) => delayMs),
      parts.clock(),
    ]),
  );
}

async function requeue(
  parts: StoreParts,
  execute: Execute,
  text: (schema: string) => string,
  some: readonly { readonly job: ClaimedJob }[],
  values: readonly unknown[],
): Promise<Written> {
  const { rows } = await execute<{ id: number; queue: string; isAvailable: boolean }>({
    text: text(parts.schema),
    values,
  });
  const found = new Set(rows.map(({ id }) => id));
  return {
    ended: [],
    lost: some.map(({ job }) => job.id).filter((id) => !found.has(id)),
    wake: wakeOf(rows),
  };
}

/** As HOT as the claim was. */
const releaseText = perSchema(
  (s) => `update ${s}._jobs set worker = null, claimed_at = null, attempt = attempt - 1
  where id = any ($2::bigint[]) and worker = $1
  returning id, queue, true as "isAvailable"`,
);

const snoozeText = perSchema(
  (
    s,
  ) => `update ${s}._jobs j set worker = null, claimed_at = null, attempt = attempt - 1, seq = ${nextSeq(s, "j")},
    run_at = case when d.ms > 0 then coalesce($4::timestamptz, now()) + d.ms * interval '1 millisecond' end
  from unnest($2::bigint[], $3::float8[]) as d (id, ms)
  where j.id = d.id and j.worker = $1
  returning j.id, j.queue, j.run_at is null as "isAvailable"`,
);
