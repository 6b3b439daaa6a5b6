import { eventually } from "ashlar/testing";
import { asAdmin } from "./test-databases.ts";

/** In multiples of the time that `eventually` takes: what is awaited here may come after a pause between attempts. */
const PATIENCE = 6;

/** `eventually`, for what passes through several processes. */
export async function patiently(what: string, condition: () => Promise<boolean>): Promise<void> {
  for (let left = PATIENCE; ; left--) {
    try {
      await eventually(what, condition);
      return;
    } catch (error) {
      if (left === 1) throw error;
    }
  }
}

/** Resolves once nothing is left to be done in the background, also no further attempt at anything. */
export async function quiet(databaseUrl: string): Promise<void> {
  const tables = ["billing", "ordering"].flatMap((module) => [
    `select 1 from ${module}._outbox`,
    `select 1 from ${module}._jobs where run_at is null or attempt > 0`,
  ]);
  await asAdmin(databaseUrl, (client) =>
    patiently("nothing is left to be done", async () => {
      const { rows } = await client.query(`${tables.join(" union all ")} limit 1`);
      return rows.length === 0;
    }),
  );
}
