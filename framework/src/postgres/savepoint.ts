import { type SavepointCommands, savepointCommands } from "./control-command.ts";
import type { DatabaseError } from "./errors.ts";

/**
 * A part of a transaction that can be undone on its own. Pass it to the statements that belong to it.
 * The transaction itself is the outermost one. State is the transaction's business: treat it as opaque.
 */
export class Savepoint {
  readonly parent: Savepoint | undefined;
  readonly commands: SavepointCommands;
  /** SAVEPOINT travels with the first statement inside; until then the server does not know of it. */
  isSent: boolean;
  /** `run` has returned: statements issued from now on come too late. */
  isClosing = false;
  /** The first statement inside that failed; the server refuses everything until it is rolled back to here. */
  failure: DatabaseError | undefined;
  readonly #depth: number;
  #unfinished = 0;
  #onFinished: (() => void) | undefined;

  constructor(parent: Savepoint | undefined) {
    this.parent = parent;
    this.#depth = parent === undefined ? 0 : parent.#depth + 1;
    this.commands = savepointCommands(this.#depth);
    this.isSent = parent === undefined;
  }

  /** The failure that dooms a statement issued here: that of this savepoint or of one around it. */
  get doom(): DatabaseError | undefined {
    return this.failure ?? this.parent?.doom;
  }

  enter(): void {
    this.#unfinished++;
  }

  leave(): void {
    this.#unfinished--;
    if (this.#unfinished === 0) this.#onFinished?.();
  }

  /** Resolves once every statement and inner savepoint has settled. */
  async finished(): Promise<void> {
    if (this.#unfinished === 0) return;
    await new Promise<void>((resolve) => {
      this.#onFinished = resolve;
    });
  }
}
