import { OperationError } from "../contract/index.ts";
import type { Result, Statement } from "../postgres/index.ts";
import { RunError } from "./errors.ts";
import { ownStatement } from "./own-statement.ts";
import type { Run } from "./run.ts";

/** What a client gets for a request, kept so that the same request gets the same again. */
export interface Answer {
  readonly status: number;
  /** The exact text of the body, or null for none. */
  readonly body: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

export interface IdempotencyKey {
  readonly key: string;
  /** Digest of everything in the request that matters; another fingerprint under the same key is another request. */
  readonly fingerprint: Buffer;
}

/** Ends the use case's transaction without its work: the answer was already given. */
class Replayed {
  readonly answer: Answer;
  constructor(answer: Answer) {
    this.answer = answer;
  }
}

/**
 * Runs a command at most once per key, with the key and the answer stored in the command's own transaction: both
 * exist or neither does, so a crash or a declared error leaves the key free for a new try.
 *
 * The insert below is also the queue: while a twin is still running, it waits on the twin's uncommitted row in
 * the primary key of `_idempotency`, until that commits (replay) or rolls back (our turn), or until the lock
 * time-out of the transaction, which is what is left of the deadline.
 */
export async function idempotently(
  run: Run,
  request: { module: string; operation: string; actor: string; idempotency: IdempotencyKey },
  work: () => Promise<unknown>,
  answer: (output: unknown) => Answer,
): Promise<Answer> {
  const { module, operation, actor, idempotency } = request;
  const { transaction } = run.unit!;
  const execute: Execute = (name, toSend) =>
    ownStatement(run, name, () => transaction.execute(run.bound.role, toSend));
  const claimed = await execute("idempotency claim", claim(module, actor, operation, idempotency)).catch(
    (error: unknown) => {
      throw (error as { sqlState?: string }).sqlState === LOCK_NOT_AVAILABLE
        ? twinStillRunning(operation, idempotency.key)
        : error;
    },
  );
  if (claimed.rowCount === 0) {
    throw new Replayed(await storedAnswer(execute, module, actor, operation, idempotency));
  }
  let output: unknown;
  try {
    output = await work();
  } catch (error) {
    // The transaction of such an error commits; without this the key would stay claimed, with no answer to repeat.
    if (error instanceof OperationError && error.commits) {
      await execute("idempotency release", release(module, actor, operation, idempotency.key));
    }
    throw error;
  }
  const given = answer(output);
  await execute("idempotency answer", store(module, actor, operation, idempotency.key, given));
  return given;
}

export function replayedAnswer(error: unknown): Answer | null {
  return error instanceof Replayed ? error.answer : null;
}

const LOCK_NOT_AVAILABLE = "55P03";

/** Sends a statement under a name for the trace. */
type Execute = <Row>(name: string, toSend: Statement) => Promise<Result<Row>>;

interface Stored {
  readonly fingerprint: Buffer;
  readonly status: number;
  readonly body: string | null;
  readonly headers: Record<string, string>;
}

async function storedAnswer(
  execute: Execute,
  module: string,
  actor: string,
  operation: string,
  { key, fingerprint }: IdempotencyKey,
): Promise<Answer> {
  const [stored] = (await execute<Stored>("idempotency find", find(module, actor, operation, key))).rows;
  // Its twin was swept between the two statements: as good as a twin that is still running, the client tries again.
  if (stored === undefined) throw twinStillRunning(operation, key);
  if (!stored.fingerprint.equals(fingerprint)) {
    throw new RunError(
      "ASHLAR_IDEMPOTENCY_KEY_REUSED",
      operation,
      "This Idempotency-Key was used for another request. Send a new key with a new request.",
    );
  }
  return { status: stored.status, body: stored.body, headers: stored.headers };
}

function twinStillRunning(operation: string, key: string): RunError {
  return new RunError(
    "ASHLAR_IDEMPOTENCY_KEY_IN_USE",
    operation,
    `A request with the Idempotency-Key ${JSON.stringify(key)} is still running. Try again with the same key.`,
  );
}

// The schema is a checked module name, so it may stand in the text; everything else is a parameter.

function claim(
  module: string,
  actor: string,
  operation: string,
  { key, fingerprint }: IdempotencyKey,
): Statement {
  return {
    text: `insert into ${module}._idempotency (actor, operation, key, fingerprint) values ($1, $2, $3, $4)
           on conflict (actor, operation, key) do nothing`,
    values: [actor, operation, key, fingerprint],
  };
}

function find(module: string, actor: string, operation: string, key: string): Statement {
  return {
    text: `select fingerprint, status, body, headers from ${module}._idempotency
           where actor = $1 and operation = $2 and key = $3`,
    values: [actor, operation, key],
  };
}

function release(module: string, actor: string, operation: string, key: string): Statement {
  return {
    text: `delete from ${module}._idempotency where actor = $1 and operation = $2 and key = $3`,
    values: [actor, operation, key],
  };
}

function store(module: string, actor: string, operation: string, key: string, answer: Answer): Statement {
  return {
    text: `update ${module}._idempotency set status = $4, body = $5, headers = $6
           where actor = $1 and operation = $2 and key = $3`,
    values: [actor, operation, key, answer.status, answer.body, JSON.stringify(answer.headers)],
  };
}
