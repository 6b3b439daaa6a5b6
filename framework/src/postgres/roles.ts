import { DatabaseError } from "./errors.ts";

/** The three roles of one module. They belong to the whole server, so their names start with the app's name. */
export interface ModuleRoles {
  /** Owns the schema and runs its migrations. Nobody logs in as it and the app never acts as it. */
  readonly owner: string;
  /** Reads and writes the module's own tables. */
  readonly app: string;
  /** Only reads them. */
  readonly reader: string;
}

/** The schema of what belongs to the app as a whole and to none of its modules. */
export const SYSTEM_SCHEMA = "ashlar";

/**
 * The role that the framework works on queues and outboxes with: it reads and writes the framework's tables
 * (`_jobs`, `_outbox`, ...) of all modules and no table of a module's own.
 */
export function workerRole(app: string): string {
  return rolesOf(app, SYSTEM_SCHEMA).app;
}

/**
 * The login that the operator's console looks and acts with: what the worker role may, the statistics of the whole
 * server, and to end sessions. It is a role of its own so that what the console costs can be told apart.
 */
export function consoleRole(app: string): string {
  checkAppName(app);
  return `${app}_console`;
}

/** Postgres cuts identifiers at 63 bytes; these limits keep `<app>_<module>_reader` below that. */
const APP_NAME_LENGTH = 20;
const MODULE_NAME_LENGTH = 30;
const ROLE_NAME_LENGTH = 63;
const NAME = /^[a-z][a-z0-9_]*$/;

/** Names the roles of `module` in `app`. Throws ASHLAR_INVALID_NAME when either name is unfit. */
export function rolesOf(app: string, module: string): ModuleRoles {
  checkAppName(app);
  checkModuleName(module);
  const prefix = `${app}_${module}`;
  return { owner: `${prefix}_owner`, app: `${prefix}_app`, reader: `${prefix}_reader` };
}

/** Throws ASHLAR_INVALID_NAME unless `name` can name an app: it becomes a login and the prefix of every role. */
export function checkAppName(name: string): void {
  checkName("app", name, APP_NAME_LENGTH);
}

/** Throws ASHLAR_INVALID_NAME unless `name` can name a module: it becomes a schema and a part of role names. */
export function checkModuleName(name: string): void {
  checkName("module", name, MODULE_NAME_LENGTH);
}

/**
 * Throws ASHLAR_INVALID_NAME unless `name` is a role that a statement may be stamped with.
 * `none` is refused although it looks harmless: `set role none` means "no role".
 */
export function checkRoleName(name: string): void {
  checkName("role", name, ROLE_NAME_LENGTH);
  if (name === "none") throw invalidName("role", name, "it is a keyword of SET ROLE");
}

function checkName(kind: string, name: string, maxLength: number): void {
  if (!NAME.test(name)) {
    throw invalidName(kind, name, "it must start with a-z and hold only a-z, 0-9 and _");
  }
  if (name.length > maxLength) throw invalidName(kind, name, `it is longer than ${maxLength} characters`);
}

function invalidName(kind: string, name: string, reason: string): DatabaseError {
  return new DatabaseError(
    "ASHLAR_INVALID_NAME",
    `${JSON.stringify(name)} cannot name a ${kind}: ${reason}. Choose another name.`,
  );
}
