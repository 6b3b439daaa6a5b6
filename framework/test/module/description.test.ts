import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { closed, command, contract, error, event, query, Type, view } from "../../src/contract/index.ts";
import {
  anyone,
  define,
  defineModule,
  describeApp,
  isModule,
  ports,
  role,
  signedIn,
  tables,
} from "../../src/module/index.ts";
import { inStock, labWith, orders } from "./lab.ts";

const nothing = closed({});
const sku = closed({ sku: Type.String({ minLength: 1 }) });

const prices = contract("prices", {
  find: query({ input: sku, output: nothing }),
  list: view({ view: "list", row: sku }),
  changed: event({ version: 1, payload: sku }),
});

const shelf = contract("shelf", {
  put: command({
    transaction: "joins",
    input: sku,
    output: closed({ id: Type.String(), note: Type.Optional(Type.Union([Type.String(), Type.Null()])) }),
    errors: { NO_ROOM: error("limited", "It is full.", closed({ most: Type.Integer() }), { commits: true }) },
  }),
  count: query({ input: nothing, output: closed({ things: Type.Integer() }) }),
  emptied: event({
    version: 3,
    payload: sku,
    upcast: { 1: () => ({ sku: "" }), 2: (old: { sku: string }) => old },
  }),
  things: view({ view: "all_things", row: sku }),
});

const inShelf = define(shelf, {
  uses: [prices],
  reads: [prices.list],
  tables: tables<{ things: { sku: string } }>(),
  settings: closed({ most: Type.Integer() }),
  ports: ports<{ robot: { fetch(sku: string): Promise<void> } }>("robot"),
  queues: { slow: { concurrency: 1 } },
});
const sweep = inShelf.job("sweep", { payload: sku, queue: "slow" });
const dust = inShelf.job("dust", { payload: nothing });

const module = defineModule(inShelf, {
  handlers: [
    inShelf.handle(shelf.put, async () => ({ id: "1" })),
    inShelf.handle(shelf.count, async () => ({ things: 0 })),
  ],
  routes: [
    inShelf.route(shelf.put, {
      method: "POST",
      path: "/v1/things",
      summary: "Puts a thing on the shelf.",
      auth: role("clerk", "shelf:write"),
      body: sku,
      input: ({ body }) => body,
    }),
    inShelf.route(shelf.count, {
      method: "GET",
      path: "/v1/things",
      summary: "Counts.",
      auth: signedIn(),
      input: () => ({}),
    }),
    inShelf.streamRoute({
      method: "PUT",
      path: "/v1/shelves/{id}",
      summary: "Fills it.",
      auth: anyone,
      consumes: ["text/csv"],
      maxBytes: 1,
      output: nothing,
      run: async () => ({}),
    }),
  ],
  jobs: [inShelf.perform(sweep, async () => {}), inShelf.perform(dust, async () => {})],
  schedules: [
    inShelf.schedule("nightly", {
      cron: "0 3 * * *",
      timeZone: "Europe/Berlin",
      job: sweep,
      payload: { sku: "a" },
    }),
    inShelf.schedule("often", { everyMs: 1_000, job: dust, payload: {} }),
  ],
  on: [
    inShelf.on(prices.changed, { name: "label", queue: "slow", inOrder: true }, async () => {}),
    inShelf.on(shelf.emptied, { name: "refill" }, async () => {}),
  ],
  migrations: pathToFileURL("/srv/store/modules/shelf/migrations/"),
});

const noProperties = { type: "object", properties: {}, additionalProperties: false };
const skuSchema = {
  type: "object",
  required: ["sku"],
  properties: { sku: { type: "string", minLength: 1 } },
  additionalProperties: false,
};

test("a module says all that it is, each kind of thing with its names, types and policies", () => {
  const { name, modules } = describeApp("store", [module], "/srv/store");
  assert.equal(name, "store");
  assert.deepEqual(modules, [
    {
      name: "shelf",
      operations: [
        {
          id: "shelf.put",
          name: "put",
          kind: "command",
          transaction: "joins",
          input: skuSchema,
          output: {
            type: "object",
            required: ["id"],
            properties: { id: { type: "string" }, note: { anyOf: [{ type: "string" }, { type: "null" }] } },
            additionalProperties: false,
          },
          errors: [
            {
              code: "SHELF_NO_ROOM",
              kind: "limited",
              description: "It is full.",
              data: {
                type: "object",
                required: ["most"],
                properties: { most: { type: "integer" } },
                additionalProperties: false,
              },
              commits: true,
            },
          ],
        },
        {
          id: "shelf.count",
          name: "count",
          kind: "query",
          transaction: null,
          input: noProperties,
          output: {
            type: "object",
            required: ["things"],
            properties: { things: { type: "integer" } },
            additionalProperties: false,
          },
          errors: [],
        },
      ],
      events: [{ id: "shelf.emptied", name: "emptied", version: 3, payload: skuSchema, upcasts: [1, 2] }],
      views: [{ id: "shelf.things", name: "things", view: "all_things", row: skuSchema }],
      uses: ["prices"],
      reads: ["prices.list"],
      routes: [
        {
          method: "POST",
          path: "/v1/things",
          summary: "Puts a thing on the shelf.",
          auth: { kind: "role", role: "clerk", scope: "shelf:write" },
          operation: "shelf.put",
        },
        {
          method: "GET",
          path: "/v1/things",
          summary: "Counts.",
          auth: { kind: "signed_in" },
          operation: "shelf.count",
        },
        {
          method: "PUT",
          path: "/v1/shelves/{id}",
          summary: "Fills it.",
          auth: { kind: "anyone" },
          operation: null,
        },
      ],
      jobs: [
        { id: "shelf.sweep", name: "sweep", queue: "slow", payload: skuSchema },
        { id: "shelf.dust", name: "dust", queue: "default", payload: noProperties },
      ],
      subscribers: [
        { name: "label", event: "prices.changed", queue: "slow", inOrder: true },
        { name: "refill", event: "shelf.emptied", queue: "default", inOrder: false },
      ],
      schedules: [
        { name: "nightly", job: "shelf.sweep", timing: { cron: "0 3 * * *", timeZone: "Europe/Berlin" } },
        { name: "often", job: "shelf.dust", timing: { everyMs: 1_000 } },
      ],
      queues: { slow: { concurrency: 1 } },
      ports: ["robot"],
      settings: {
        type: "object",
        required: ["most"],
        properties: { most: { type: "integer" } },
        additionalProperties: false,
      },
      migrations: "modules/shelf/migrations",
    },
  ]);
});

test("a description is plain JSON: nothing is lost on the way, and nothing of TypeBox is left in it", () => {
  const described = describeApp("store", [module, ...labWith([])], "/srv/store");
  const text = JSON.stringify(described);
  assert.deepEqual(JSON.parse(text), described);
  assert.doesNotMatch(text, /"~/);
});

test("modules are described in the order given, whatever they lack", () => {
  const bare = defineModule(inStock, { handlers: [] });
  const [first, second] = describeApp("store", [bare, module], "/srv/store").modules;
  assert.deepEqual([first!.name, second!.name], ["stock", "shelf"]);
  assert.deepEqual(
    [first!.routes, first!.jobs, first!.subscribers, first!.settings, first!.migrations],
    [[], [], [], null, null],
  );
});

test("only what defineModule made counts as a module", () => {
  assert.equal(isModule(module), true);
  for (const other of [undefined, null, 7, {}, orders, inShelf, { ...module, name: "other" }]) {
    assert.equal(isModule(other), false, String(other));
  }
});
