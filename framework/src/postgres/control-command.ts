import { checkRoleName } from "./roles.ts";
import { constantMessages } from "./wire.ts";

/**
 * A command of our own that travels in front of a statement: begin, set local role, savepoint, ...
 * It takes no parameters and returns no rows, so its messages are encoded once per process.
 */
export interface ControlCommand {
  readonly text: string;
  /** True when connections keep it prepared; false for commands whose text varies too much for that. */
  readonly isPrepared: boolean;
  /** Messages that make a connection forget the command and prepare it anew. */
  readonly prepare: Buffer;
  /** Messages that run it, once it is prepared. */
  readonly run: Buffer;
}

let preparedCount = 0;

export const COMMIT = prepared("commit");
export const ROLLBACK = prepared("rollback");

const BEGIN = {
  "read committed": prepared("begin"),
  "repeatable read": prepared("begin isolation level repeatable read"),
  serializable: prepared("begin isolation level serializable"),
};

export type IsolationLevel = keyof typeof BEGIN;

export function beginCommand(isolation: IsolationLevel = "read committed"): ControlCommand {
  return BEGIN[isolation];
}

export function lockTimeoutCommand(milliseconds: number): ControlCommand {
  return unprepared(`set local lock_timeout = ${Math.max(1, Math.ceil(milliseconds))}`);
}

/**
 * `set local role`: gone with the transaction, and outside one with the Sync group.
 * Throws ASHLAR_INVALID_NAME when the role's name is unfit.
 */
export function roleCommand(role: string): ControlCommand {
  let command = roleCommands.get(role);
  if (command === undefined) {
    checkRoleName(role);
    command = prepared(`set local role ${role}`);
    roleCommands.set(role, command);
  }
  return command;
}

const roleCommands = new Map<string, ControlCommand>();

export interface SavepointCommands {
  readonly open: ControlCommand;
  readonly release: ControlCommand;
  readonly rollBackTo: ControlCommand;
}

/** Named by depth: a sibling only opens after the release of the one before it has been queued. */
export function savepointCommands(depth: number): SavepointCommands {
  let commands = savepoints[depth];
  if (commands === undefined) {
    const name = `ashlar_${depth}`;
    commands = {
      open: prepared(`savepoint ${name}`),
      release: prepared(`release savepoint ${name}`),
      rollBackTo: prepared(`rollback to savepoint ${name}`),
    };
    savepoints[depth] = commands;
  }
  return commands;
}

const savepoints: SavepointCommands[] = [];

function prepared(text: string): ControlCommand {
  const name = `ashlar_c${++preparedCount}`;
  return {
    text,
    isPrepared: true,
    prepare: constantMessages((writer) => {
      writer.closeStatement(name);
      writer.parse(name, text);
    }),
    run: constantMessages((writer) => {
      writer.bind(name, []);
      writer.execute();
    }),
  };
}

function unprepared(text: string): ControlCommand {
  return {
    text,
    isPrepared: false,
    prepare: Buffer.alloc(0),
    run: constantMessages((writer) => {
      writer.parse("", text);
      writer.bind("", []);
      writer.execute();
    }),
  };
}
