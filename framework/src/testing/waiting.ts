import { setTimeout as delay } from "node:timers/promises";
import type { TestApp } from "./test-app.ts";

const POLL_MS = 5;
const DEADLINE_MS = 5_000;

/**
 * Resolves with the first truthy answer of `condition`, asked every 5 ms. Throws after five seconds, naming `what`
 * was waited for. The way to await what gives no signal; never a stand-in for a sleep.
 */
export async function eventually<T>(what: string, condition: () => T | Promise<T>): Promise<Truthy<T>> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const answer = await condition();
    if (answer) return answer as Truthy<T>;
    if (Date.now() > deadline) throw new Error(`Waited ${DEADLINE_MS} ms in vain until ${what}.`);
    await delay(POLL_MS);
  }
}

type Truthy<T> = Exclude<T, false | 0 | "" | null | undefined>;

/** Resolves once that many sessions of the app's database wait for a lock that another one holds. */
export async function waitForLockWait(app: TestApp, sessions = 1): Promise<void> {
  await eventually(`${sessions} session(s) of ${app.app.name} wait for a lock`, async () => {
    const [row] = await app.adminQuery<{ waiting: number }>`
      select count(*)::int as waiting from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`;
    return row!.waiting >= sessions;
  });
}
