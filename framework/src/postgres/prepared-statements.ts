import type { ControlCommand } from "./control-command.ts";
import type { RowDecoder } from "./row-decoder.ts";
import type { KnownStatement } from "./statement-registry.ts";
import { sqlStateOf } from "./translate-error.ts";
import type { EncodedValue } from "./value-types.ts";
import { messageWriter } from "./wire.ts";

/** What goes out as one Sync group: commands of ours, then at most one statement of a module. */
export interface SyncGroup {
  readonly prefix: readonly ControlCommand[];
  readonly statement: KnownStatement | undefined;
  readonly values: readonly EncodedValue[];
  readonly state: StatementState | undefined;
  /** Names that the group itself prepared, recorded while it is encoded. */
  parsedCommands: ControlCommand[] | undefined;
  parsedStatement: boolean;
}

/** What one connection knows about one statement. */
export class StatementState {
  /** A Parse under this name was sent, so later groups only bind. */
  isParsed = false;
  /** The columns are known, so the server need not describe them again. */
  isDescribed = false;
  decoder: RowDecoder | undefined;

  succeeded(decoder: RowDecoder | undefined): void {
    this.isDescribed = true;
    this.decoder = decoder;
  }

  forget(): void {
    this.isParsed = false;
    this.isDescribed = false;
    this.decoder = undefined;
  }
}

/** SQLSTATEs saying that a prepared statement has vanished, or that its columns are no longer what they were. */
const STALE: ReadonlySet<string | undefined> = new Set(["26000", "0A000"]);

/**
 * The prepared statements of one connection, and the encoding of groups that use them.
 *
 * Everything is prepared with its first use, in the same write. Whether a Parse succeeded is not followed message
 * by message: when a group fails that held one, its names are forgotten, and the next use closes the name before
 * parsing it again (closing a name that does not exist is allowed).
 *
 * Leaving out the description of known columns is safe: the server refuses to run a prepared statement whose
 * result columns have changed.
 */
export class PreparedStatements {
  readonly #commands = new Set<ControlCommand>();
  readonly #states = new Map<string, StatementState>();

  stateOf(statement: KnownStatement): StatementState {
    if (statement.name === undefined) return new StatementState();
    let state = this.#states.get(statement.name);
    if (state === undefined) {
      state = new StatementState();
      this.#states.set(statement.name, state);
    }
    return state;
  }

  encode(group: SyncGroup): Buffer {
    messageWriter.reset();
    for (const command of group.prefix) this.#encodeCommand(group, command);
    this.#encodeStatement(group);
    messageWriter.sync();
    return messageWriter.take();
  }

  /** Call when `group` failed, before another group is encoded. */
  failed(group: SyncGroup, error: unknown): void {
    for (const command of group.parsedCommands ?? []) this.#commands.delete(command);
    if (group.parsedStatement || STALE.has(sqlStateOf(error))) group.state?.forget();
  }

  #encodeCommand(group: SyncGroup, command: ControlCommand): void {
    if (command.isPrepared && !this.#commands.has(command)) {
      messageWriter.append(command.prepare);
      this.#commands.add(command);
      group.parsedCommands ??= [];
      group.parsedCommands.push(command);
    }
    messageWriter.append(command.run);
  }

  #encodeStatement(group: SyncGroup): void {
    const { statement, state } = group;
    if (statement === undefined || state === undefined) return;
    const name = statement.name ?? "";
    if (!state.isParsed) {
      if (name !== "") messageWriter.closeStatement(name);
      messageWriter.parse(name, statement.text);
      state.isParsed = true;
      group.parsedStatement = true;
    }
    messageWriter.bind(name, group.values);
    if (!state.isDescribed) messageWriter.describePortal();
    messageWriter.execute();
  }
}
