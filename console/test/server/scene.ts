import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closed, command, contract, error, query, Type } from "ashlar/contract";
import { type Edge, serve } from "ashlar/http";
import { type App, createApp, define, defineModule } from "ashlar/module";
import { createTestDatabase, startTestServer } from "ashlar/testing";
import pg from "pg";
import { pino } from "pino";
import { auditEndpoints } from "../../server/audit/endpoints.ts";
import { type ComposedConsole, type ConsoleTuning, composeConsole } from "../../server/compose-console.ts";
import type { ConsoleOptions, Endpoint, Ground } from "../../server/index.ts";
import { type OpenedGround, openGround } from "../../server/open-ground.ts";

export interface SceneParts {
  /** Besides the audit's. */
  readonly endpoints?: (ground: Ground) => readonly Endpoint[];
  readonly tuning?: ConsoleTuning;
  readonly options?: Partial<ConsoleOptions>;
  readonly requestTimeoutMs?: number;
  /** On a server of its own, which `stopDatabase` stops. */
  readonly hasOwnServer?: boolean;
}

export interface Scene {
  readonly app: App;
  readonly ground: OpenedGround;
  readonly console: ComposedConsole;
  readonly edge: Edge;
  /** Good tokens and whose they are; a test adds and takes away. */
  readonly tokens: Map<string, Person>;
  /** What was asked about tokens, so far. */
  readonly asked: { count: number };
  /** How far the console's clock is ahead of the real one. */
  readonly clock: { aheadMs: number };
  /** Tokens whose sessions were closed. */
  readonly closed: string[];
  /** Lines of the log. */
  readonly logged: Record<string, unknown>[];
  /** Below /console, as the browser of the page itself asks, with the token in the cookie. */
  ask(path: string, asking?: Asking): Promise<Response>;
  /** POST of JSON. */
  post(path: string, body: unknown, asking?: Asking): Promise<Response>;
  /** As superuser. */
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  stopDatabase(): Promise<void>;
  stop(): Promise<void>;
}

export interface Person {
  readonly id: string;
  readonly roles: readonly string[];
  /** Of an API key. */
  readonly scopes?: readonly string[];
}

export interface Asking {
  readonly method?: string;
  readonly token?: string | null;
  /** Null takes one away that a page would send. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly body?: string;
}

export const OPERATOR = "operator-token";
export const READER = "reader-token";
export const PASSWORD = "correct horse";

const actor = closed({
  id: Type.String(),
  roles: Type.Array(Type.String()),
  scopes: Type.Union([Type.Array(Type.String()), Type.Null()]),
});

const doors = contract("doors", {
  whose: query({ input: closed({ token: Type.String() }), output: Type.Union([Type.Null(), actor]) }),
  open: command({
    transaction: "own",
    input: closed({ name: Type.String(), password: Type.String() }),
    output: closed({ token: Type.String() }),
    errors: {
      WRONG: error("unauthenticated", "Name or password is wrong."),
      TOO_OFTEN: error("limited", "Too often.", closed({ retryAfterSeconds: Type.Integer() })),
    },
  }),
});

/** An app whose tokens are a test's, with its console, served. */
export async function openScene(parts: SceneParts = {}): Promise<Scene> {
  const tokens = new Map<string, Person>([
    [OPERATOR, { id: "olga", roles: ["operator"] }],
    [READER, { id: "sam", roles: ["support"] }],
    ["customer-token", { id: "carl", roles: ["customer"] }],
    ["key-token", { id: "olga", roles: ["operator"], scopes: ["orders:read"] }],
  ]);
  const asked = { count: 0 };
  const definition = define(doors);
  const module = defineModule(definition, {
    handlers: [
      definition.handle(doors.whose, async ({ token }, { sql }) => {
        asked.count++;
        // It has to reach the database, as a real app's does.
        await sql`select 1`;
        const person = tokens.get(token);
        if (person === undefined) return null;
        return { id: person.id, roles: [...person.roles], scopes: person.scopes ? [...person.scopes] : null };
      }),
      definition.handle(doors.open, async ({ name, password }, { fail }) => {
        if (name === "often") return fail("TOO_OFTEN", { retryAfterSeconds: 30 });
        if (password !== PASSWORD || !tokens.has(`${name}-token`)) return fail("WRONG");
        return { token: `${name}-token` };
      }),
    ],
  });
  const logged: Record<string, unknown>[] = [];
  const app = createApp({
    name: "doors_app",
    modules: [module],
    log: pino({ level: "debug" }, { write: (line: string) => void logged.push(JSON.parse(line)) }),
    authenticate: async (token, execute) => {
      const found = await execute(doors.whose, { token });
      return found === null ? null : { kind: "account", session: null, ...found };
    },
  });
  const own = parts.hasOwnServer === true ? await startTestServer() : null;
  const shared = own === null ? await createTestDatabase(app.databaseModel) : null;
  const report = await app.start({ adminUrl: (own ?? shared!).url, loginPassword: "ashlar-test" });
  const pages = somePages();
  const closed_: string[] = [];
  const options: ConsoleOptions = {
    connection: report.console!,
    roles: { operator: "operator", reader: "support" },
    signIn: {
      asksFor: "password",
      open: async (credentials, execute) => (await execute(doors.open, credentials)).token,
      close: async (token) => void closed_.push(token),
    },
    pages,
    ...parts.options,
  };
  const clock = { aheadMs: 0 };
  const ground = { ...openGround(app, options), now: () => Date.now() + clock.aheadMs };
  const endpoints = [...auditEndpoints(ground), ...(parts.endpoints?.(ground) ?? [])];
  const console = composeConsole(ground, options, endpoints, parts.tuning);
  const { requestTimeoutMs = 10_000 } = parts;
  const edge = await serve(app, { host: "127.0.0.1", port: 0, parts: [console], requestTimeoutMs });
  const admin = new pg.Client((own ?? shared!).url);
  admin.on("error", () => {});
  await admin.connect();
  const ask: Scene["ask"] = async (path, { method = "GET", token = OPERATOR, headers = {}, body } = {}) => {
    const sent: Record<string, string | null> = {
      cookie: token === null ? null : `ashlar-console=${token}`,
      "x-ashlar-console": "1",
      "sec-fetch-site": "same-origin",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    };
    return await fetch(`${edge.url}/console${path}`, {
      method,
      redirect: "manual",
      headers: Object.entries(sent).flatMap(([name, value]): [string, string][] =>
        value === null ? [] : [[name, value]],
      ),
      ...(body === undefined ? {} : { body }),
    });
  };
  return {
    app,
    ground,
    console,
    edge,
    tokens,
    clock,
    asked,
    closed: closed_,
    logged,
    ask,
    post: (path, body, asking) => ask(path, { method: "POST", body: JSON.stringify(body), ...asking }),
    sql: async (text, values) => (await admin.query(text, values)).rows,
    stopDatabase: async () => await own!.stop(),
    async stop() {
      await edge.stop();
      await console.stop();
      await app.stop();
      await admin.end().catch(() => {});
      await shared?.drop();
      await own?.stop();
      rmSync(pages, { recursive: true, force: true });
    },
  };
}

/** What a bundler would have written. */
function somePages(): string {
  const directory = mkdtempSync(join(tmpdir(), "ashlar-pages-"));
  mkdirSync(join(directory, "assets"));
  writeFileSync(join(directory, "index.html"), "<!doctype html><title>Console</title>");
  writeFileSync(join(directory, "icon.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>");
  writeFileSync(join(directory, "manifest.json"), "{}");
  writeFileSync(join(directory, ".made-of"), "secret");
  writeFileSync(join(directory, "assets", "main-abc.js"), `"use strict";\n${"// much\n".repeat(500)}`);
  return directory;
}

/** The problem of an answer, without what differs each time. */
export async function problemOf(answer: Response): Promise<{ status: number; code: string }> {
  const { code, status } = (await answer.json()) as { code: string; status: number };
  return { status, code };
}
