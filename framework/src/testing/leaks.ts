import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";

const SETTLE_MS = 2_000;
const POLL_MS = 10;

const WORDS: Readonly<Record<string, string>> = {
  Timeout: "a timer",
  Immediate: "a setImmediate",
  TCPSocketWrap: "a TCP connection",
  TCPServerWrap: "a TCP server that listens",
  PipeWrap: "a pipe",
  ProcessWrap: "a child process",
  FSEventWrap: "a file watcher",
};

// What node:test and the terminal hold open themselves.
const atStart = activeResources();

/** Throws naming whatever keeps this process alive now and did not when the kit was loaded. */
export async function refuseLeakedResources(): Promise<void> {
  // A socket that was just ended needs a few turns of the event loop until it is closed.
  const deadline = Date.now() + SETTLE_MS;
  let leaks = leakedResources();
  while (leaks.length > 0 && Date.now() < deadline) {
    await delay(POLL_MS);
    leaks = leakedResources();
  }
  if (leaks.length > 0) {
    throw new Error(
      `This test file leaks ${leaks.join(", ")}. Stop everything that a test starts, and await it.`,
    );
  }
}

/** Throws naming the sessions of others that are still connected to `database`. */
export async function refuseLeakedConnections(admin: pg.Client, database: string): Promise<void> {
  // The server notices the end of a session a moment after the client has closed it.
  const deadline = Date.now() + SETTLE_MS;
  let sessions = await sessionsOf(admin, database);
  while (sessions.length > 0 && Date.now() < deadline) {
    await delay(POLL_MS);
    sessions = await sessionsOf(admin, database);
  }
  if (sessions.length > 0) {
    throw new Error(
      `After the app was stopped, ${database} still has connections: ${sessions.join("; ")}. ` +
        "Close them in the test that opened them.",
    );
  }
}

async function sessionsOf(admin: pg.Client, database: string): Promise<string[]> {
  const { rows } = await admin.query<{ session: string }>(
    `select format('%s (pid %s, %s, last statement: %s)', coalesce(nullif(application_name, ''), 'unnamed'),
              pid, state, coalesce(nullif(left(query, 80), ''), 'none')) as session
       from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
    [database],
  );
  return rows.map(({ session }) => session);
}

function leakedResources(): string[] {
  return [...activeResources()].flatMap(([kind, count]) => {
    const surplus = count - (atStart.get(kind) ?? 0);
    if (surplus <= 0) return [];
    return [`${WORDS[kind] ?? kind}${surplus > 1 ? ` (${surplus} times)` : ""}`];
  });
}

function activeResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
