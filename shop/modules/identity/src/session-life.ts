/**
 * Sessions are judged by the clock of the app, passed into the statements, and not by the database's: so tests can
 * travel in time. The clocks of several instances may differ by seconds; these limits are minutes and days.
 */
interface SessionLimits {
  readonly sessionIdleMinutes: number;
  readonly sessionMaxDays: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** When a session that begins now ends at the latest. */
export function sessionEnd(now: Date, { sessionMaxDays }: SessionLimits): Date {
  return new Date(now.getTime() + sessionMaxDays * DAY_MS);
}

/** Sessions last used at this moment or before it have ended of idleness. */
export function idleSince(now: Date, { sessionIdleMinutes }: SessionLimits): Date {
  return new Date(now.getTime() - sessionIdleMinutes * MINUTE_MS);
}

/** A use noted before this moment is noted anew. Noting each one would make every request a write. */
export function staleSince(now: Date): Date {
  return new Date(now.getTime() - MINUTE_MS);
}
