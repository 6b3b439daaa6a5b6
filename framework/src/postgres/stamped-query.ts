import type { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import pg from "pg";
import type { ControlCommand } from "./control-command.ts";
import type { PreparedStatements, StatementState, SyncGroup } from "./prepared-statements.ts";
import { RowDecoder, type RowField } from "./row-decoder.ts";
import type { KnownStatement } from "./statement-registry.ts";
import type { EncodedValue } from "./value-types.ts";

export interface GroupResult {
  readonly rows: Record<string, unknown>[];
  readonly rowCount: number;
  /** Command tag of the last command, such as `COMMIT` or `INSERT 0 1`. */
  readonly tag: string;
}

/** Why a group failed, with what is needed to judge whether it took effect. */
export interface GroupFailure {
  readonly error: unknown;
  /** False when nothing reached the socket. */
  readonly wasSent: boolean;
  readonly isConnectionLost: boolean;
  /** Outside a transaction: the server may have committed the group before the connection died. */
  readonly mayHaveTakenEffect: boolean;
}

/** The part of the driver's connection that a group touches. */
export interface DriverConnection extends EventEmitter {
  readonly stream: Duplex;
}

/**
 * The driver's Query as pg 8.23 calls it: `submit` puts it on the wire, the handlers get the answers in order.
 * Its type declarations leave the handlers out. In pipeline mode the driver accepts no other class.
 */
interface DriverQuery {
  callback: (() => void) | undefined;
  submit(driver: DriverConnection): Error | null;
  handleRowDescription(message: { fields: readonly RowField[] }): void;
  handleDataRow(message: { fields: readonly (string | null)[] }): void;
  handleCommandComplete(message: { text: string }): void;
  handleReadyForQuery(driver: DriverConnection): void;
  handleError(error: unknown, driver: DriverConnection): void;
}
const DriverQuery = pg.Query as unknown as new (text: string) => DriverQuery;

/**
 * One Sync group on the wire: `[begin] [set local role X] [statement] [Sync]`, in one write.
 *
 * The server runs the messages in order and, after the first failure, skips everything up to the Sync. So if the
 * role is refused the statement is not run: it fails closed, without a round trip to ask. Answers to the prefix
 * are counted off by their CommandComplete, so they never mix with those to the statement.
 *
 * Settles only once the server is ready again, or the connection is gone: by then the connection's transaction
 * status can be relied on.
 */
export class StampedQuery extends DriverQuery implements SyncGroup {
  readonly prefix: readonly ControlCommand[];
  readonly statement: KnownStatement | undefined;
  readonly values: readonly EncodedValue[];
  readonly state: StatementState | undefined;
  parsedCommands: ControlCommand[] | undefined = undefined;
  parsedStatement = false;

  readonly #prepared: PreparedStatements;
  readonly #resolve: (result: GroupResult) => void;
  readonly #reject: (failure: GroupFailure) => void;
  readonly #rows: Record<string, unknown>[] = [];
  #decoder: RowDecoder | undefined;
  #unansweredPrefix: number;
  #tag = "";
  #wasSent = false;
  #decodeError: unknown;

  constructor(
    prefix: readonly ControlCommand[],
    statement: KnownStatement | undefined,
    values: readonly EncodedValue[],
    prepared: PreparedStatements,
    resolve: (result: GroupResult) => void,
    reject: (failure: GroupFailure) => void,
  ) {
    super("");
    this.callback = settledByHandlers;
    this.prefix = prefix;
    this.statement = statement;
    this.values = values;
    this.state = statement === undefined ? undefined : prepared.stateOf(statement);
    this.#prepared = prepared;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#decoder = this.state?.decoder;
    this.#unansweredPrefix = statement === undefined ? prefix.length - 1 : prefix.length;
  }

  override submit(driver: DriverConnection): Error | null {
    if (!driver.stream.writable) return new Error("The connection is closed");
    driver.stream.write(this.#prepared.encode(this));
    this.#wasSent = true;
    return null;
  }

  override handleRowDescription(message: { fields: readonly RowField[] }): void {
    this.#decoder = new RowDecoder(message.fields);
  }

  override handleDataRow(message: { fields: readonly (string | null)[] }): void {
    if (this.#decodeError !== undefined || this.#decoder === undefined) return;
    try {
      this.#rows.push(this.#decoder.decode(message.fields));
    } catch (error) {
      this.#decodeError = error;
    }
  }

  override handleCommandComplete(message: { text: string }): void {
    if (this.#unansweredPrefix > 0) this.#unansweredPrefix--;
    else this.#tag = message.text;
  }

  override handleReadyForQuery(): void {
    this.state?.succeeded(this.#decoder);
    if (this.#decodeError !== undefined) this.#fail(this.#decodeError, false);
    else this.#resolve({ rows: this.#rows, rowCount: rowCountOf(this.#tag), tag: this.#tag });
  }

  override handleError(error: unknown, driver: DriverConnection): void {
    this.#prepared.failed(this, error);
    if (error instanceof pg.DatabaseError) this.#failOnceReady(error, driver);
    else this.#fail(error, true);
  }

  /**
   * "Ready for query" follows, and the driver notes its transaction status before we hear of it.
   * After a FATAL error the connection ends instead.
   */
  #failOnceReady(error: pg.DatabaseError, driver: DriverConnection): void {
    const settle = (isConnectionLost: boolean) => {
      driver.off("readyForQuery", onReady);
      driver.off("end", onEnd);
      this.#fail(error, isConnectionLost);
    };
    const onReady = () => settle(false);
    const onEnd = () => settle(true);
    driver.on("readyForQuery", onReady);
    driver.on("end", onEnd);
  }

  #fail(error: unknown, isConnectionLost: boolean): void {
    // A statement that had not completed when the server reported a failure was rolled back with its group. If it
    // had, or if nothing was reported, the commit at the Sync may have happened.
    const wasCutOff = isConnectionLost && (this.#tag !== "" || !(error instanceof pg.DatabaseError));
    this.#reject({
      error,
      wasSent: this.#wasSent,
      isConnectionLost,
      mayHaveTakenEffect: this.#wasSent && wasCutOff,
    });
  }
}

/** The driver wants a callback to exist; the handlers above never call it. */
function settledByHandlers(): void {}

/** The last number of a command tag: `SELECT 2`, `INSERT 0 1`, `UPDATE 3`. */
function rowCountOf(tag: string): number {
  const count = Number(tag.slice(tag.lastIndexOf(" ") + 1));
  return Number.isNaN(count) ? 0 : count;
}
