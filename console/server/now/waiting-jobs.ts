import type { Ground } from "../ground.ts";

export interface WaitingJobs {
  readonly ready: number;
  readonly dead: number;
  readonly isReadyAtLeast: boolean;
  readonly isDeadAtLeast: boolean;
}

/** Counts stop here, in each module. */
const MOST = 1_000;

/**
 * How many jobs of all modules are ready, and how many are dead, counted up to a limit and in one statement. In the order
 * of `_jobs_ready`: what is ready may lie behind a million others that wait.
 */
export async function readWaitingJobs(
  ground: Pick<Ground, "description" | "execute">,
  deadline: number,
): Promise<WaitingJobs> {
  const each = ground.description.modules.map(
    ({ name }) => `select
      (select count(*) from (select from "${name}"._jobs where run_at is null and worker is null
        order by queue, priority, seq limit ${MOST}) j) as ready,
      (select count(*) from (select from "${name}"._dead_jobs limit ${MOST}) d) as dead`,
  );
  if (each.length === 0) return { ready: 0, dead: 0, isReadyAtLeast: false, isDeadAtLeast: false };
  const { rows } = await ground.execute<WaitingJobs>(
    {
      text: `select sum(ready)::integer as ready, sum(dead)::integer as dead, bool_or(ready >= ${MOST}) as "isReadyAtLeast",
          bool_or(dead >= ${MOST}) as "isDeadAtLeast" from (${each.join(" union all ")}) as waiting`,
      values: [],
    },
    deadline,
  );
  return rows[0]!;
}
