import { pino } from "pino";
import { closed, command, contract, error, query, Type } from "../../src/contract/index.ts";
import { type Edge, type EdgeOptions, serve } from "../../src/http/index.ts";
import {
  type Actor,
  type App,
  type AppParts,
  anyone,
  createApp,
  define,
  defineModule,
  role,
  signedIn,
} from "../../src/module/index.ts";
import { Pool } from "../../src/postgres/index.ts";

/**
 * A module whose use cases touch no database, so the edge can be tested by itself. What a use case does is put in
 * by the test through `doings`.
 */

const thing = closed({
  id: Type.String({ minLength: 1, maxLength: 40 }),
  count: Type.Integer({ minimum: 0, maximum: 1000 }),
  note: Type.Union([Type.String(), Type.Null()]),
  tags: Type.Optional(Type.Array(Type.String(), { maxItems: 10 })),
});

export const sample = contract("sample", {
  findThing: query({
    input: closed({ id: Type.String(), verbose: Type.Boolean(), limit: Type.Integer() }),
    output: Type.Union([thing, closed({ kind: Type.Literal("none"), limit: Type.Integer() })]),
    errors: {
      NOT_FOUND: error("not_found", "There is no such thing."),
      SLOW_DOWN: error("limited", "Too many requests.", closed({ retryAfterSeconds: Type.Number() })),
    },
  }),
  putThing: command({
    transaction: "joins",
    input: thing,
    output: thing,
    errors: {
      TAKEN: error("conflict", "The name is taken.", closed({ by: Type.String() })),
      UNFIT: error("invalid", "The thing is not fit."),
      NOT_YOURS: error("forbidden", "The thing is somebody else's."),
      WRONG_PASSWORD: error("unauthenticated", "The password is wrong."),
    },
  }),
  removeThing: command({ transaction: "own", input: closed({ id: Type.String() }), output: closed({}) }),
  whoAmI: query({ input: closed({ actor: Type.String() }), output: closed({ actor: Type.String() }) }),
  countLines: query({ input: closed({ line: Type.String() }), output: closed({ length: Type.Integer() }) }),
});

type Doing = (
  input: Record<string, unknown>,
  context: {
    fail: (code: string, data?: unknown) => never;
    sql: (strings: TemplateStringsArray, ...values: unknown[]) => Promise<Record<string, unknown>[]>;
    deadline: number;
    traceId: string;
    actor: Actor;
  },
) => unknown;

/** What each use case does; a test sets them and `reset` puts them back. */
export class Doings {
  findThing: Doing = ({ limit }) => ({ kind: "none", limit });
  putThing: Doing = (input) => input;
  removeThing: Doing = () => ({});
}

export interface Sample {
  readonly app: App;
  readonly edge: Edge;
  readonly doings: Doings;
  readonly url: string;
  /** Lines that the app logged, as objects. */
  readonly logged: Record<string, unknown>[];
  /** Bytes of the upload that the stream route has taken so far. */
  readonly upload: { bytes: number; chunks: number };
  stop(): Promise<void>;
}

export function sampleModule(doings: Doings, upload: Sample["upload"], migrations?: URL) {
  const definition = define(sample);
  const { handle, route, streamRoute } = definition;
  return defineModule(definition, {
    ...(migrations === undefined ? {} : { migrations }),
    handlers: [
      handle(
        sample.findThing,
        async (input, context) => (await doings.findThing(input, context as never)) as never,
      ),
      handle(
        sample.putThing,
        async (input, context) => (await doings.putThing(input, context as never)) as never,
      ),
      handle(
        sample.removeThing,
        async (input, context) => (await doings.removeThing(input, context as never)) as never,
      ),
      handle(sample.whoAmI, async (input) => input),
      handle(sample.countLines, async ({ line }) => ({ length: line.length })),
    ],
    routes: [
      route(sample.findThing, {
        method: "GET",
        path: "/v1/things/{id}",
        auth: anyone,
        summary: "Finds a thing.",
        params: closed({ id: Type.String({ minLength: 1, maxLength: 40 }) }),
        query: closed({
          verbose: Type.Optional(Type.Boolean()),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
          tag: Type.Optional(Type.Array(Type.String({ maxLength: 10 }))),
          q: Type.Optional(Type.String()),
        }),
        input: ({ params, query }) => ({
          id: params.id,
          verbose: query.verbose ?? false,
          limit: query.limit ?? 20,
        }),
      }),
      route(sample.putThing, {
        method: "POST",
        path: "/v1/things",
        auth: anyone,
        summary: "Makes a thing.",
        body: thing,
        status: 201,
        headers: ({ id }) => ({ Location: `/v1/things/${encodeURIComponent(id)}` }),
        input: ({ body }) => body,
      }),
      route(sample.putThing, {
        method: "PUT",
        path: "/v1/things/{id}",
        auth: signedIn("things:write"),
        summary: "Replaces a thing.",
        params: closed({ id: Type.String() }),
        body: closed({ count: Type.Integer(), note: Type.Union([Type.String(), Type.Null()]) }),
        idempotency: "none",
        input: ({ params, body }) => ({ id: params.id, ...body }),
      }),
      route(sample.removeThing, {
        method: "DELETE",
        path: "/v1/things/{id}",
        auth: role("operator"),
        summary: "Removes a thing.",
        params: closed({ id: Type.String() }),
        status: 204,
        idempotency: "required",
        input: ({ params }) => params,
      }),
      route(sample.whoAmI, {
        method: "GET",
        path: "/v1/me",
        auth: signedIn("me"),
        summary: "Who asks.",
        input: ({ actor }) => ({ actor: actor.kind === "account" ? actor.id : actor.kind }),
      }),
      streamRoute({
        method: "POST",
        path: "/v1/things/import",
        auth: role("operator"),
        summary: "Takes lines.",
        consumes: ["text/csv", "application/x-ndjson"],
        maxBytes: 4 * 1_048_576,
        output: closed({ bytes: Type.Integer(), lines: Type.Integer() }),
        run: async ({ body, execute }) => {
          let lines = 0;
          for await (const chunk of body) {
            upload.bytes += chunk.length;
            upload.chunks++;
            const text = new TextDecoder().decode(chunk);
            if (text.includes("STOP")) return { bytes: upload.bytes, lines: -1 };
            if (text.includes("FAIL")) throw new Error("select secret from vault");
            await execute(sample.countLines, { line: text });
            lines += text.split("\n").length - 1;
          }
          return { bytes: upload.bytes, lines };
        },
      }),
    ],
  });
}

const accounts: Readonly<Record<string, Actor>> = {
  alice: account("alice", ["customer"], null),
  olga: account("olga", ["operator"], null),
  robot: account("robot", ["operator"], ["me"]),
};

export async function authenticate(token: string): Promise<Actor | null> {
  return accounts[token] ?? null;
}

export async function startSample(
  options: Partial<EdgeOptions> = {},
  parts: Partial<AppParts> = {},
): Promise<Sample> {
  const doings = new Doings();
  const upload = { bytes: 0, chunks: 0 };
  const logged: Record<string, unknown>[] = [];
  const app = createApp({
    name: "edge_test",
    modules: [sampleModule(doings, upload)],
    authenticate,
    log: pino({ level: "debug" }, { write: (line: string) => logged.push(JSON.parse(line)) }),
    ...parts,
  });
  // Nothing connects: no statement is ever sent, unless a test means it to fail.
  const pool = new Pool({
    connection: { host: "127.0.0.1", port: 1, database: "none", user: "none", password: "none" },
    connectTimeoutMs: 500,
  });
  await app.start({ pool });
  const edge = await serve(app, { host: "127.0.0.1", port: 0, ...options });
  return {
    app,
    edge,
    doings,
    url: edge.url,
    logged,
    upload,
    async stop() {
      await edge.stop();
      await app.stop();
    },
  };
}

function account(id: string, roles: string[], scopes: string[] | null): Actor {
  return { kind: "account", id, roles, scopes, session: null };
}
