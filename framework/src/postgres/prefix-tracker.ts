import { type ControlCommand, roleCommand } from "./control-command.ts";
import type { Savepoint } from "./savepoint.ts";

const NO_PREFIX: readonly ControlCommand[] = [];

/**
 * Knows what the server has been told in one transaction, and so what must be told ahead of the next statement:
 * BEGIN, the end of savepoints, the start of savepoints, another role. Nothing of it costs a round trip.
 *
 * "Told" means put on the wire. The server runs what it reads in that order, so this is the state that the next
 * statement will meet, however many are still unanswered.
 */
export class PrefixTracker {
  readonly #begin: readonly ControlCommand[];
  readonly #isWalled: boolean;
  #isBegun = false;
  /** RELEASE and ROLLBACK TO of closed savepoints. */
  #owed: ControlCommand[] = [];
  /** Undefined when unknown: ROLLBACK TO silently restores an earlier role. */
  #role: string | undefined;

  constructor(begin: readonly ControlCommand[], isWalled: boolean) {
    this.#begin = begin;
    this.#isWalled = isWalled;
  }

  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** What goes in front of a statement of `role` in `scope`; the caller sends it before asking again. */
  beforeStatement(scope: Savepoint, role: string): readonly ControlCommand[] {
    const isStamped = role === this.#role || !this.#isWalled;
    if (this.#isBegun && isStamped && scope.isSent && this.#owed.length === 0) return NO_PREFIX;
    // Before anything changes: an unfit role name must not leave half a decision behind.
    const stamp = isStamped ? undefined : roleCommand(role);
    const prefix = this.#isBegun ? [] : [...this.#begin];
    this.#isBegun = true;
    prefix.push(...this.#takeOwed());
    openSavepoints(scope, prefix);
    if (stamp !== undefined) {
      prefix.push(stamp);
      this.#role = role;
    }
    return prefix;
  }

  /** What goes in front of COMMIT: a ROLLBACK TO that is still owed. */
  beforeCommit(): readonly ControlCommand[] {
    return this.#takeOwed();
  }

  closed(savepoint: Savepoint, isUndone: boolean): void {
    if (!savepoint.isSent) return;
    // If the scope around it has failed too, the server may never have seen the savepoint, and what undoes that scope
    // undoes this one.
    if (savepoint.parent?.doom !== undefined) return;
    const { rollBackTo, release } = savepoint.commands;
    if (isUndone) {
      this.#owed.push(rollBackTo);
      this.#role = undefined;
    }
    this.#owed.push(release);
  }

  #takeOwed(): ControlCommand[] {
    const owed = this.#owed;
    if (owed.length > 0) this.#owed = [];
    return owed;
  }
}

/** Outermost first: that is how they nest. */
function openSavepoints(scope: Savepoint, prefix: ControlCommand[]): void {
  if (scope.isSent || scope.parent === undefined) return;
  openSavepoints(scope.parent, prefix);
  prefix.push(scope.commands.open);
  scope.isSent = true;
}
