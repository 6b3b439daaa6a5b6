import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 40;

/** `eventually` for what takes its time: asks until the answer is truthy, for at most `withinMs`. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  withinMs = 20_000,
): Promise<Exclude<T, false | 0 | "" | null | undefined>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await condition();
    if (answer) return answer as Exclude<T, false | 0 | "" | null | undefined>;
    if (performance.now() > deadline) throw new Error(`Waited ${withinMs} ms in vain until ${what}.`);
    await delay(POLL_MS);
  }
}
