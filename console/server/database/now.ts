import { type BlockingTree, blockingTrees, CannotLook, databaseDisk } from "ashlar/health";
import { consoleRole } from "ashlar/postgres";
import type {
  BlockingNode,
  BlockingTreeView,
  DatabaseNow,
  DatabaseServer,
  DatabaseSession,
} from "../../api/database.ts";
import type { Ground } from "../ground.ts";
import { type Asking, asking } from "./asking.ts";
import { readConnections } from "./connections.ts";
import { readSessions } from "./sessions.ts";

/** Shorter waits come and go with every busy row. */
const WAIT_MS = 100;

/** GET /database. */
export async function readNow(ground: Ground, deadline: number): Promise<DatabaseNow> {
  const ask = asking(ground, deadline);
  const trees = await blockingTrees(ask, WAIT_MS);
  const involved = trees.flatMap(({ pid, branches }) => [pid, ...branches.map(({ waiter }) => waiter.pid)]);
  const { sessions, areMore } = await readSessions(ground, ask, involved);
  const { server, limits } = await readServer(ground, ask);
  return {
    server,
    limits,
    connections: await readConnections(ground, ask, sessions),
    sessions,
    areMore,
    blocking: trees.map((tree) => treeOf(tree, sessions)),
  };
}

function treeOf(tree: BlockingTree, sessions: readonly DatabaseSession[]): BlockingTreeView {
  const nodeOf = (pid: number, waitMs: number): BlockingNode => ({
    pid,
    session: sessions.find((each) => each.pid === pid) ?? null,
    waitMs,
    below: tree.branches
      .filter(({ behind }) => behind === pid)
      .map(({ waiter }) => nodeOf(waiter.pid, waiter.waitMs)),
  });
  return { root: nodeOf(tree.pid, 0), longestMs: tree.longestMs, waiters: tree.branches.length };
}

async function readServer(
  ground: Ground,
  ask: Asking,
): Promise<{ readonly server: DatabaseServer; readonly limits: readonly string[] }> {
  const [row] = await ask.rows<{
    version: string;
    startedAt: number;
    isReplica: boolean;
    sharedBuffersBytes: number;
    seesAll: boolean;
    mayEnd: boolean;
  }>(
    `select split_part(current_setting('server_version'), ' ', 1) as version,
       (extract(epoch from pg_postmaster_start_time()) * 1000)::bigint as "startedAt",
       pg_is_in_recovery() as "isReplica", pg_size_bytes(current_setting('shared_buffers')) as "sharedBuffersBytes",
       pg_has_role('pg_read_all_stats', 'USAGE') as "seesAll", pg_has_role('pg_signal_backend', 'USAGE') as "mayEnd"`,
  );
  const { seesAll, mayEnd, ...server } = row!;
  const role = consoleRole(ground.app.name);
  return {
    server: { ...server, disk: await diskOf(ground, ask) },
    limits: [
      ...(seesAll ? [] : [`What other logins do is hidden: grant pg_monitor to ${role}`]),
      ...(mayEnd ? [] : [`Sessions cannot be ended from here: grant pg_signal_backend to ${role}`]),
    ],
  };
}

async function diskOf(ground: Ground, ask: Asking): Promise<DatabaseServer["disk"]> {
  // The strict gate is that of servers of providers, and lets nobody ask where the data is.
  if (ground.pool.isStrict) return null;
  try {
    const { free, size } = await databaseDisk(ask);
    return { freeBytes: free, sizeBytes: size };
  } catch (error) {
    if (error instanceof CannotLook) return null;
    throw error;
  }
}
