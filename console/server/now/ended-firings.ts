import { type Firing, runbookOf } from "ashlar/health";
import { statement } from "ashlar/postgres";
import type { Ground } from "../ground.ts";

const MOST = 50;

/** Firings of all instances that ended since, the latest first. */
export async function readEndedFirings(
  ground: Pick<Ground, "execute">,
  since: number,
  deadline: number,
): Promise<Firing[]> {
  const { rows } = await ground.execute<Omit<Firing, "runbook">>(
    statement`select check_id as "check", subject, severity, title, evidence, module, actions,
        round(extract(epoch from started_at) * 1000)::float8 as since,
        round(extract(epoch from seen_at) * 1000)::float8 as "seenAt",
        round(extract(epoch from ended_at) * 1000)::float8 as "endedAt"
      from ashlar.firings where ended_at >= to_timestamp(${since / 1000}::float8) order by ended_at desc limit ${MOST}`,
    deadline,
  );
  return rows.map((row) => ({ ...row, runbook: runbookOf(row.check) }));
}
