import { eventually } from "ashlar/testing";
import type { QueueLab } from "./queue-lab.ts";

/** Resolves once that many sessions of the database wait for a lock. */
export async function waitForBlocked(lab: QueueLab, sessions: number): Promise<void> {
  await eventually(`${sessions} session(s) wait for a lock`, async () => {
    const [row] = await lab.admin<{ waiting: number }>`
      select count(*)::int as waiting from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`;
    return row!.waiting >= sessions;
  });
}
