/** How often signing in under one e-mail address failed of late. */
export interface Attempts {
  readonly failures: number;
  readonly blockedUntil: Date | null;
  /** When the failures are forgotten; at or after `blockedUntil`. */
  readonly forgetAt: Date;
}

const FREE_FAILURES = 5;
const MEMORY_MS = 15 * 60_000;
const FIRST_BLOCK_MS = 30_000;
const LONGEST_BLOCK_MS = 15 * 60_000;

/** Whole seconds until the next attempt is let through; 0 when it is now. */
export function secondsToWait({ blockedUntil }: Attempts, now: Date): number {
  if (blockedUntil === null) return 0;
  return Math.max(0, Math.ceil((blockedUntil.getTime() - now.getTime()) / 1_000));
}

/**
 * The state after one more failure. The fifth one blocks the address for 30 s, and each further one for twice as
 * long as the one before, up to 15 minutes. Fifteen minutes without a failure, counted from the end of the last
 * block, start anew.
 */
export function afterFailure(before: Attempts, now: Date): Attempts {
  const failures = (now < before.forgetAt ? before.failures : 0) + 1;
  const blockMs =
    failures < FREE_FAILURES
      ? 0
      : Math.min(LONGEST_BLOCK_MS, FIRST_BLOCK_MS * 2 ** Math.min(failures - FREE_FAILURES, 10));
  const end = now.getTime() + blockMs;
  return {
    failures,
    blockedUntil: blockMs === 0 ? null : new Date(end),
    forgetAt: new Date(end + MEMORY_MS),
  };
}
