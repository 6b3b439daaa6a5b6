import type { Kysely } from "kysely";
import type { Logger } from "pino";
import type { AnyContract, ErrorsOf, Port, Static, TSchema } from "../contract/index.ts";
import type { Actor } from "./actor.ts";
import type { NotUsed } from "./compile-errors.ts";

/**
 * What a use case works with. `db`, `sql` and `call` belong to the module; the rest belongs to this one run.
 *
 * Every statement runs under the module's own Postgres role (its reader role in a query) and, in a command, in
 * the command's transaction, which begins with the first statement and ends with the use case.
 */
export interface Context<Module extends AnyContract, Uses extends AnyContract, Tables, Settings, Op> {
  /** The module's own tables and the views it reads, by Kysely. Other modules' tables are not in it. */
  readonly db: Kysely<Tables>;
  /** A hand-written statement; interpolated values become parameters. Schema-qualify every table. */
  readonly sql: Sql;
  /** The operations of a module in `uses`, as plain async functions. */
  readonly call: <C extends AnyContract>(
    contract: C["contractName"] extends Uses["contractName"] ? C : NotUsed<Module, C>,
  ) => Port<C>;
  /**
   * Runs `work` so that its failure takes back its own statements only. The way to survive the failure of a
   * joined command: without it, that failure lets the whole transaction only be rolled back.
   */
  readonly savepoint: <T>(work: () => Promise<T>) => Promise<T>;
  /** Ends the use case with one of the operation's declared errors. */
  readonly fail: Fail<Op>;
  /** The module's settings, validated at boot and frozen. */
  readonly settings: Settings;
  readonly actor: Actor;
  /** When the run must be over, in milliseconds of the epoch. Calls and statements past it are refused. */
  readonly deadline: number;
  /** 32 hexadecimal digits, as in W3C `traceparent`. */
  readonly traceId: string;
  /** The clock of the app; tests set it. Durable decisions between instances use the database's `now()`. */
  readonly now: () => Date;
  /** A new UUID v7: ordered by time, so that it is kind to an index. */
  readonly newId: () => string;
  /** Bytes fit for secrets; tests make them repeatable. */
  readonly randomBytes: (size: number) => Buffer;
  readonly log: Logger;
}

export type Sql = <Row extends object = Record<string, unknown>>(
  strings: TemplateStringsArray,
  ...values: unknown[]
) => Promise<Row[]>;

/** What follows each code: nothing where the error has no data, else its data. */
type FailArguments<Errors> = {
  [Code in keyof Errors]: Errors[Code] extends { readonly data: infer Data extends TSchema }
    ? Record<never, never> extends Static<Data>
      ? []
      : [data: Static<Data>]
    : never;
};

export type Fail<Op> = <Code extends keyof ErrorsOf<Op> & string>(
  code: Code,
  ...data: FailArguments<ErrorsOf<Op>>[Code]
) => never;
