import { Refusal } from "ashlar/http";
import type { DatabaseSession, SessionTarget } from "../../api/database.ts";
import type { ActEndpoint, ActOutcome, ActRequest } from "../endpoint.ts";
import type { Ground } from "../ground.ts";
import { asking } from "./asking.ts";
import { readSession, whose } from "./sessions.ts";

/** How long PostgreSQL may take to end a session before the answer says that it has not ended yet. */
const END_MS = 1_500;

/** Ends a session; its transaction is rolled back. */
export function terminate(ground: Ground): ActEndpoint {
  return {
    kind: "act",
    path: "/database/terminate",
    action: "database.terminate",
    parse: parseTarget,
    act: (request) =>
      actOn(ground, request, {
        would: (session) => `Would end ${whose(session)}${consequence(session)}`,
        sql: `select pg_terminate_backend(pid, ${END_MS}) as done`,
        did: (session) => `Ended ${whose(session)}`,
        didNot: (session) => `Told ${whose(session)} to end; it has not ended yet`,
      }),
  };
}

/** Ends what a session runs; the session stays. */
export function cancel(ground: Ground): ActEndpoint {
  return {
    kind: "act",
    path: "/database/cancel",
    action: "database.cancel",
    parse: parseTarget,
    act: (request) =>
      actOn(ground, request, {
        would: (session) => `Would cancel the statement of ${whose(session)}; its caller gets an error`,
        sql: "select pg_cancel_backend(pid) as done",
        did: (session) => `Told ${whose(session)} to cancel its statement`,
        didNot: (session) => `Could not tell ${whose(session)} to cancel its statement`,
      }),
  };
}

interface Doing {
  readonly would: (session: DatabaseSession) => string;
  readonly sql: string;
  readonly did: (session: DatabaseSession) => string;
  readonly didNot: (session: DatabaseSession) => string;
}

async function actOn(ground: Ground, request: ActRequest, doing: Doing): Promise<ActOutcome> {
  const { pid, startedAt } = request.input as SessionTarget;
  const ask = asking(ground, request.deadline);
  const session = await readSession(ground, ask, pid);
  const gone: ActOutcome = { count: 0, summary: `Session ${pid} has already ended` };
  if (session?.startedAt !== startedAt) return gone;
  if (session.keptBy !== null) {
    throw new Refusal("REQUEST_INVALID", { detail: `Session ${pid} is left alone: ${session.keptBy}.` });
  }
  if (request.dryRun) return { count: 1, summary: doing.would(session) };
  // Asked once more in the statement that acts: the number may belong to another session by now.
  const [row] = await ask.rows<{ done: boolean }>(
    `${doing.sql} from pg_stat_activity
     where pid = $1::integer and (extract(epoch from backend_start) * 1000)::bigint = $2::bigint`,
    [pid, startedAt],
  );
  if (row === undefined) return gone;
  return { count: 1, summary: row.done ? doing.did(session) : doing.didNot(session) };
}

function consequence({ transactionMs }: DatabaseSession): string {
  return transactionMs === null
    ? "; it is in no transaction"
    : "; its transaction is rolled back and its caller gets an error";
}

function parseTarget(body: unknown): SessionTarget {
  const { pid, startedAt } = (body ?? {}) as Record<string, unknown>;
  const errors = [
    ...(isWhole(pid, 2 ** 31 - 1) ? [] : [{ path: "/body/pid", message: "must be the number of a process" }]),
    ...(isWhole(startedAt, Number.MAX_SAFE_INTEGER)
      ? []
      : [{ path: "/body/startedAt", message: "must be when the session began, in milliseconds" }]),
  ];
  if (errors.length > 0) throw new Refusal("REQUEST_INVALID", { errors });
  return { pid: pid as number, startedAt: startedAt as number };
}

function isWhole(value: unknown, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= most;
}
