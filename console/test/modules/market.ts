import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { pathToFileURL } from "node:url";
import { closed, command, contract, error, event, query, Type, view } from "ashlar/contract";
import { type ActivityKind, anyone, createApp, define, defineModule, role, system } from "ashlar/module";
import { createTestDatabase } from "ashlar/testing";
import pg from "pg";
import { type Endpoint, type Ground, openConsole } from "../../server/index.ts";
import { mapEndpoints } from "../../server/map/endpoints.ts";
import { moduleEndpoints } from "../../server/modules/endpoints.ts";
import { lastMinutes } from "../../server/modules/period.ts";
import { noteActivity } from "../note-activity.ts";

const nothing = closed({});

export interface Market {
  readonly ground: Ground;
  /** The path is below /console/api, with its parameters as they are. */
  read<Data>(path: string, params?: Record<string, string>, query?: Record<string, string>): Promise<Data>;
  /** As if all instances had done it in each of the last `minutes` that have ended. */
  did(work: Did): Promise<void>;
  /** As superuser. */
  sql(statement: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
}

export interface Did {
  readonly kind: ActivityKind;
  readonly module: string;
  readonly name: string;
  /** In each minute. */
  readonly count: number;
  readonly failed?: number;
  /** By DurationHistogram: 40 is about 100 ms. */
  readonly bucket?: number;
  readonly minutes?: number;
}

/** An app of three modules that call, hear and read each other, in a project with owners and documents. */
export async function openMarket(): Promise<Market> {
  const root = project();
  const app = createApp({ name: "market", modules: modules(root), authenticate: async () => null });
  const database = await createTestDatabase(app.databaseModel);
  const report = await app.start({ adminUrl: database.url, loginPassword: "ashlar-test" });
  const console = await openConsole(app, {
    connection: report.console!,
    roles: { operator: "operator", reader: "support" },
    signIn: { asksFor: "token" },
    root,
  });
  const admin = new pg.Client(database.url);
  await admin.connect();
  after(async () => {
    await admin.end();
    await console.stop();
    await app.stop();
    await database.drop();
    rmSync(root, { recursive: true, force: true });
  });
  const endpoints: readonly Endpoint[] = [
    ...mapEndpoints(console.ground),
    ...moduleEndpoints(console.ground),
  ];
  return {
    ground: console.ground,
    async read<Data>(path: string, params = {}, asked = {}) {
      const endpoint = endpoints.find((each) => each.path === path);
      if (endpoint?.kind !== "read") throw new Error(`There is nothing to read at ${path}.`);
      const answer = await endpoint.read({
        params,
        query: new URLSearchParams(asked),
        actor: system("test"),
        access: "reader",
        deadline: Date.now() + 5_000,
      });
      // As it goes over the wire.
      return JSON.parse(JSON.stringify(answer)) as Data;
    },
    async did({ kind, module, name, count, failed = 0, bucket = 40, minutes = 5 }) {
      const ended = lastMinutes(Date.now(), minutes).from;
      const work = { kind, module, name, count, failed, totalMs: count * 100, firstBucket: bucket };
      await noteActivity(
        admin,
        Array.from({ length: minutes }, (_, n) => ({
          ...work,
          minute: ended + n * 60_000,
          buckets: [count],
        })),
      );
    },
    sql: async (statement, values) => (await admin.query(statement, values)).rows,
  };
}

const goods = contract("goods", {
  take: command({
    transaction: "joins",
    input: nothing,
    output: nothing,
    errors: { NONE_LEFT: error("conflict", "There is none left.") },
  }),
  find: query({ input: nothing, output: nothing }),
  taken: event({ version: 1, payload: nothing }),
  onShelf: view({ view: "on_shelf", row: closed({ id: Type.Integer() }) }),
});

const stalls = contract("stalls", {
  sell: command({ transaction: "own", input: nothing, output: nothing }),
});

const big_ledger = contract("big_ledger", { total: query({ input: nothing, output: nothing }) });

function modules(root: string) {
  const inGoods = define(goods);
  const inStalls = define(stalls, {
    uses: [goods],
    reads: [goods.onShelf],
    queues: { nightly: { concurrency: 1 } },
  });
  const count = inStalls.job("count", { payload: nothing, queue: "nightly" });
  const inLedger = define(big_ledger);
  return [
    defineModule(inStalls, {
      handlers: [inStalls.handle(stalls.sell, async () => ({}))],
      jobs: [inStalls.perform(count, async () => {})],
      schedules: [inStalls.schedule("countAll", { everyMs: 300_000, job: count, payload: {} })],
      on: [inStalls.on(goods.taken, { name: "noteTaken", inOrder: true }, async () => {})],
      routes: [
        inStalls.route(stalls.sell, {
          method: "POST",
          path: "/v1/sales",
          summary: "Sells.",
          auth: role("clerk"),
          body: nothing,
          input: () => ({}),
        }),
      ],
    }),
    defineModule(inGoods, {
      handlers: [inGoods.handle(goods.take, async () => ({})), inGoods.handle(goods.find, async () => ({}))],
      routes: [
        inGoods.route(goods.find, {
          method: "GET",
          path: "/v1/goods",
          summary: "Finds.",
          auth: anyone,
          input: () => ({}),
        }),
      ],
      migrations: pathToFileURL(join(root, "modules/goods/migrations/")),
    }),
    defineModule(inLedger, { handlers: [inLedger.handle(big_ledger.total, async () => ({}))] }),
  ];
}

function project(): string {
  const root = mkdtempSync(join(tmpdir(), "ashlar-market-"));
  const files = {
    CODEOWNERS: "* @everybody\n/modules/goods/ @wholesale @pat\n",
    "modules/goods/migrations/0001_shelf.sql":
      "create table shelf (id integer primary key);\ncreate view on_shelf as select id from shelf;\n",
    "modules/goods/README.md": "# goods\n\nWhat there is to be sold.\n",
    "modules/big-ledger/README.md": "# The ledger\n",
    "docs/runbooks/goods.md": "# When goods run out\n\n1. Look at the shelf.\n",
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}
