import { setTimeout as delay } from "node:timers/promises";

/** Resolves after so many milliseconds; rejects when the signal aborts before. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return delay(ms, undefined, { signal });
}
