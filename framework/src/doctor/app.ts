import type pg from "pg";
import {
  choosePassword,
  type DatabaseModel,
  getsIn,
  type LoginConnection,
  loginConnection,
  readAppInDatabase,
  SYSTEM_SCHEMA,
} from "../postgres/index.ts";
import type { Database } from "./database.ts";
import type { Examination, UnknownCode } from "./examination.ts";

/** A database with an app in it. */
export interface App extends Database {
  /** Of the code, if that is known; else as the database shows it. */
  readonly model: DatabaseModel;
  /** Schemas of modules that the database has; the model may have others. */
  readonly installed: readonly string[];
  /** Null when the model is the code's. */
  readonly codeUnknown: UnknownCode | null;
  /** How the app logs in; null when its password cannot be worked out. */
  login(): Promise<LoginConnection | null>;
}

/** Null when there is no app in the database. */
export async function readApp(
  { database: address, code }: Examination,
  client: pg.Client,
  database: Database,
): Promise<App | null> {
  const found = await readAppInDatabase(client);
  if (found === null) return null;
  let login: Promise<LoginConnection | null> | undefined;
  return {
    ...database,
    model: "modules" in code ? { app: found.app, modules: [SYSTEM, ...code.modules] } : found,
    installed: found.modules.map(({ name }) => name),
    codeUnknown: "unknown" in code ? code : null,
    login() {
      login ??= findLogin(client, found.app, "url" in address ? address.loginPassword : undefined);
      return login;
    },
  };
}

const SYSTEM = { name: SYSTEM_SCHEMA, migrations: "", publishes: [], reads: [] };

async function findLogin(
  client: pg.Client,
  app: string,
  given: string | undefined,
): Promise<LoginConnection | null> {
  const connection = loginConnection(client, app, choosePassword(client, app, given));
  return (await getsIn(connection)) ? connection : null;
}
