import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { closed, command, contract, event, Type } from "ashlar/contract";
import { serve } from "ashlar/http";
import { type Actor, type App, createApp, define, defineModule, system } from "ashlar/module";
import { createTestDatabase, eventually } from "ashlar/testing";
import pg from "pg";
import { pino } from "pino";
import type { ActionDone, ActionRecord } from "../../api/audit.ts";
import { type Console, openConsole } from "../../server/index.ts";

const letters = contract("letters", {
  post: command({
    transaction: "own",
    input: closed({ to: Type.String(), how: Type.String() }),
    output: closed({}),
  }),
  posted: event({ version: 1, payload: closed({ to: Type.String() }) }),
});

const archive = contract("archive", {});

const office = define(letters, { queues: { express: { concurrency: 2 } } });
const shelf = define(archive, { uses: [letters] });

/** How each letter goes: `late` in an hour, `lost` dies at once unless found. */
const send = office.job("send", {
  payload: closed({ to: Type.String(), how: Type.String() }),
  maxAttempts: 1,
  queue: "express",
});
/** One for each addressee at a time. */
const remind = office.job("remind", {
  payload: closed({ to: Type.String() }),
  maxAttempts: 1,
  unique: { by: ({ to }) => to },
});

/** What is lost until a test finds it. */
export const lost = new Set<string>();
export const taken: string[] = [];
const waiting = Promise.withResolvers<void>();

const lettersModule = defineModule(office, {
  handlers: [
    office.handle(letters.post, async ({ to, how }, { enqueue, publish }) => {
      if (how === "late") await enqueue(send, { to, how }, { delayMs: 3_600_000 });
      else if (how === "remind") await enqueue(remind, { to });
      else if (how === "event") await publish(letters.posted, { to }, { key: to });
      else await enqueue(send, { to, how });
      return {};
    }),
  ],
  jobs: [
    office.perform(send, async ({ to, how }, { signal }) => {
      if (lost.has(to)) throw new Error(`Nobody knows where ${to} lives.`);
      if (how !== "slow") return;
      waiting.resolve();
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    }),
    office.perform(remind, async ({ to }) => {
      if (lost.has(to)) throw new Error(`Nobody knows where ${to} lives.`);
    }),
  ],
  schedules: [
    office.schedule("everyHour", { everyMs: 3_600_000, job: remind, payload: { to: "everybody" } }),
  ],
});

const archiveModule = defineModule(shelf, {
  handlers: [],
  on: [
    shelf.on(letters.posted, { name: "keep", inOrder: true, maxAttempts: 1 }, async ({ payload: { to } }) => {
      if (lost.has(to)) throw new Error(`There is no shelf for ${to}.`);
      taken.push(to);
    }),
  ],
});

export interface PostOffice {
  readonly app: App;
  readonly console: Console;
  /** The first slow letter is on its way. */
  readonly slowBegan: Promise<void>;
  /** As superuser. */
  sql<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
  post(to: string, how?: "plain" | "late" | "slow" | "remind" | "event"): Promise<void>;
  get<Data>(path: string, token?: string): Promise<Data>;
  /** The answer of a request that is refused. */
  refusalOf(path: string, body?: object, token?: string): Promise<{ status: number; text: string }>;
  dryRun(path: string, input: object): Promise<ActionDone>;
  /** Does it, and waits for its end if it goes on in the background. */
  act(path: string, input: object, reason?: string): Promise<ActionDone>;
}

/** An app with jobs, a schedule and a subscriber, which works, and its console over HTTP. */
export async function openPostOffice(): Promise<PostOffice> {
  const app = createApp({
    name: "post_office",
    modules: [lettersModule, archiveModule],
    authenticate: async (token) => (token === "operator" || token === "support" ? account(token) : null),
    log: pino({ level: "silent" }),
  });
  const database = await createTestDatabase(app.databaseModel);
  const report = await app.start({ adminUrl: database.url, loginPassword: "ashlar-test" });
  const pages = await mkdtemp(join(tmpdir(), "ashlar-pages-"));
  const console = await openConsole(app, {
    connection: report.console!,
    roles: { operator: "operator", reader: "support" },
    signIn: { asksFor: "token" },
    pages,
  });
  const edge = await serve(app, { host: "127.0.0.1", port: 0, parts: [console] });
  const worker = await app.work({ pollMs: 50 });
  const admin = new pg.Client(database.url);
  await admin.connect();
  after(async () => {
    await worker.stop();
    await edge.stop();
    await console.stop();
    await app.stop();
    await admin.end();
    await database.drop();
    await rm(pages, { recursive: true, force: true });
  });
  const ask = (path: string, token: string, body?: object) =>
    fetch(`${edge.url}/console/api${path}`, {
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "x-ashlar-console": "1",
        "sec-fetch-site": "same-origin",
      },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
  const good = async (path: string, token: string, body?: object) => {
    const answer = await ask(path, token, body);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${text}`);
    return JSON.parse(text);
  };
  return {
    app,
    console,
    slowBegan: waiting.promise,
    sql: async (text, values) => (await admin.query(text, values)).rows,
    async post(to, how = "plain") {
      await app.execute(letters.post, { to, how }, { actor: system("test") });
    },
    get: async (path, token = "support") => (await good(path, token)).data,
    async refusalOf(path, body, token = "operator") {
      const answer = await ask(path, token, body);
      return { status: answer.status, text: await answer.text() };
    },
    dryRun: (path, input) => good(path, "operator", { ...input, dryRun: true }),
    async act(path, input, reason = "a test wants it") {
      const done = await good(path, "operator", { ...input, reason });
      if ("summary" in done) return done;
      return await eventually(`action ${done.id} is done`, async () => {
        const { id, count, isAtLeast, summary, finishedAt }: ActionRecord = await good(
          `/actions/${done.id}`,
          "operator",
        );
        return finishedAt === null ? null : { id, count: count ?? 0, isAtLeast, summary: summary ?? "" };
      });
    },
  };
}

function account(role: string): Actor {
  return { kind: "account", id: role, roles: [role], session: null, scopes: null };
}
