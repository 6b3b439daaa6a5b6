import { after } from "node:test";
import { closed, contract, query } from "ashlar/contract";
import { createApp, define, defineModule, system } from "ashlar/module";
import { rolesOf } from "ashlar/postgres";
import { createTestDatabase } from "ashlar/testing";
import pg from "pg";
import { databaseEndpoints } from "../../server/database/endpoints.ts";
import type { ActOutcome } from "../../server/endpoint.ts";
import { type Console, openConsole } from "../../server/index.ts";

export const APP = "databasetests";
export const ORDERING = rolesOf(APP, "ordering").app;
/** Of every test database. */
const LOGIN_PASSWORD = "ashlar-test";
const nothing = closed({});

/** An app of two modules with a table each, its console, and sessions that get in each other's way. */
export interface Ward {
  readonly console: Console;
  read<Data>(path: string, query?: Record<string, string>): Promise<Data>;
  act(path: string, input: object, isDryRun?: boolean): Promise<ActOutcome>;
  /** As superuser. */
  sql(statement: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Of the app's login, or of the superuser; ended with the ward, if not before. */
  session(as?: "app" | "superuser"): Promise<pg.Client & { processID: number }>;
}

export async function openWard(): Promise<Ward> {
  const app = createApp({ name: APP, modules: ["ordering", "billing"].map(moduleNamed) });
  const database = await createTestDatabase(app.databaseModel);
  const report = await app.start({ adminUrl: database.url, loginPassword: LOGIN_PASSWORD });
  const console = await openConsole(app, {
    connection: report.console!,
    roles: { operator: "operator", reader: "support" },
    signIn: { asksFor: "token" },
  });
  const sessions: pg.Client[] = [];
  const session = async (as: "app" | "superuser" = "app") => {
    const url = new URL(database.url);
    if (as === "app") Object.assign(url, { username: APP, password: LOGIN_PASSWORD });
    const client = new pg.Client(url.href);
    client.on("error", () => {});
    await client.connect();
    sessions.push(client);
    return client as pg.Client & { processID: number };
  };
  const admin = await session("superuser");
  after(async () => {
    for (const client of sessions) await client.end().catch(() => {});
    await console.stop();
    await app.stop();
    await database.drop();
  });
  for (const module of ["ordering", "billing"]) {
    await admin.query(`set role ${rolesOf(APP, module).owner}`);
    await admin.query(`create table ${module}.notes (id integer primary key, text text)`);
    await admin.query(`insert into ${module}.notes select n, 'blank' from generate_series(1, 10) n`);
    await admin.query("reset role");
  }
  const endpoints = databaseEndpoints(console.ground);
  const about = () => ({
    params: {},
    query: new URLSearchParams(),
    actor: system("test"),
    access: "operator" as const,
    deadline: Date.now() + 5_000,
  });
  return {
    console,
    async read<Data>(path: string, query: Record<string, string> = {}) {
      const endpoint = endpoints.find((each) => each.path === path);
      if (endpoint?.kind !== "read") throw new Error(`There is nothing to read at ${path}.`);
      return (await endpoint.read({ ...about(), query: new URLSearchParams(query) })) as Data;
    },
    async act(path, input, isDryRun = false) {
      const endpoint = endpoints.find((each) => each.path === path);
      if (endpoint?.kind !== "act") throw new Error(`There is nothing to do at ${path}.`);
      return await endpoint.act({
        ...about(),
        input: endpoint.parse(input),
        reason: "a test",
        dryRun: isDryRun,
        progress() {},
        signal: AbortSignal.timeout(5_000),
      });
    },
    sql: async (statement, values) => (await admin.query(statement, values)).rows,
    session,
  };
}

function moduleNamed(name: string) {
  const own = contract(name, { look: query({ input: nothing, output: nothing }) });
  const definition = define(own);
  return defineModule(definition, { handlers: [definition.handle(own.look, async () => ({}))] });
}
