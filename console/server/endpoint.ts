import type { Actor } from "ashlar/module";
import type { Access } from "../api/session.ts";

/** A request to the console's API by somebody who was let in. */
export interface ConsoleRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly actor: Actor;
  readonly access: Access;
  /** Milliseconds of the epoch. */
  readonly deadline: number;
}

/** GET. Its answer is kept as the last known one, and shown again while the database does not answer. */
export interface ReadEndpoint {
  readonly kind: "read";
  /** Below /console/api: `/jobs/{id}`. */
  readonly path: string;
  /**
   * Read once for all who ask at the same time, so it must not depend on who asks. What it throws becomes the answer: a
   * Refusal, or a failure. Plain JSON; a moment is a number.
   */
  read(request: ConsoleRequest): Promise<unknown>;
}

/**
 * POST, for operators. The body is `{ reason, dryRun?, ...input }`. A dry run says what would be done and to how many;
 * anything else is in the audit before it is begun, with its outcome afterwards.
 */
export interface ActEndpoint {
  readonly kind: "act";
  readonly path: string;
  /** As in the audit: `jobs.retry`. */
  readonly action: string;
  /** Checks the body but for the reason; throws a Refusal that names all that is wrong. */
  parse(body: unknown): unknown;
  act(request: ActRequest): Promise<ActOutcome>;
}

export interface ActRequest extends ConsoleRequest {
  /** What `parse` made of the body. */
  readonly input: unknown;
  /** Never empty, also of a dry run. */
  readonly reason: string;
  readonly dryRun: boolean;
  /** Tells how far it has got; kept with the audit row and shown while it runs. */
  progress(done: number): void;
  readonly signal: AbortSignal;
}

export interface ActOutcome {
  /** What it was, or would be, done to. */
  readonly count: number;
  /** There are at least so many. */
  readonly isAtLeast?: boolean;
  /** For people and the audit: one sentence without a full stop. */
  readonly summary: string;
}

export type Endpoint = ReadEndpoint | ActEndpoint;
