import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresQueryCompiler,
  type QueryResult,
  WithSchemaPlugin,
} from "kysely";
import { DatabaseError } from "./errors.ts";
import type { Result, Statement } from "./statement.ts";

/** How a query that Kysely built reaches the database: the caller's pool or transaction, under the caller's role. */
export type Execute = (statement: Statement) => Promise<Result>;

/**
 * The query builder of one module: bare table names mean tables of `schema`, and every query goes through `execute`.
 * Transactions, connections, streams and introspection are not Kysely's business here and throw
 * ASHLAR_KYSELY_UNSUPPORTED.
 */
export function createKysely<Tables>(schema: string, execute: Execute): Kysely<Tables> {
  return new ModuleKysely<Tables>({
    dialect: new ModuleDialect(execute),
    plugins: [new WithSchemaPlugin(schema)],
  });
}

class ModuleKysely<Tables> extends Kysely<Tables> {
  override connection(): never {
    throw unsupported("connection()", "Statements of one command already share a connection.");
  }

  override transaction(): never {
    throw unsupported("transaction()", ALREADY_A_TRANSACTION);
  }

  override startTransaction(): never {
    throw unsupported("startTransaction()", ALREADY_A_TRANSACTION);
  }
}

const ALREADY_A_TRANSACTION = "A command already is a transaction; use a savepoint to undo a part of it.";

class ModuleDialect implements Dialect {
  readonly #execute: Execute;

  constructor(execute: Execute) {
    this.#execute = execute;
  }

  createDriver(): Driver {
    return new ModuleDriver(this.#execute);
  }

  createQueryCompiler(): PostgresQueryCompiler {
    return new PostgresQueryCompiler();
  }

  createAdapter(): PostgresAdapter {
    return new PostgresAdapter();
  }

  createIntrospector(): never {
    throw unsupported("introspection", "Describe the tables in the module's tables.ts.");
  }
}

/** Kysely's executor wants a connection per query. There is one, and it holds nothing: `execute` finds its own. */
class ModuleDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(execute: Execute) {
    this.#connection = new ModuleConnection(execute);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}

  /** Reached from builders derived with withPlugin() and the like, which are plain Kysely objects. */
  async beginTransaction(): Promise<never> {
    throw unsupported("transaction()", ALREADY_A_TRANSACTION);
  }

  async commitTransaction(): Promise<never> {
    throw unsupported("transaction()", ALREADY_A_TRANSACTION);
  }

  async rollbackTransaction(): Promise<never> {
    throw unsupported("transaction()", ALREADY_A_TRANSACTION);
  }
}

class ModuleConnection implements DatabaseConnection {
  readonly #execute: Execute;

  constructor(execute: Execute) {
    this.#execute = execute;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const { rows, rowCount } = await this.#execute({ text: query.sql, values: query.parameters });
    const result = { rows: rows as Row[] };
    return CHANGES_ROWS.test(query.sql) ? { ...result, numAffectedRows: BigInt(rowCount) } : result;
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw unsupported("stream()", "Read in pages, by key.");
  }
}

/** Also of statements written with Kysely's sql tag, whose node does not say what they do. */
const CHANGES_ROWS = /^\s*(?:insert|update|delete|merge|with)\b/i;

function unsupported(what: string, remedy: string): DatabaseError {
  return new DatabaseError(
    "ASHLAR_KYSELY_UNSUPPORTED",
    `Kysely's ${what} is not available in a module. ${remedy}`,
  );
}
