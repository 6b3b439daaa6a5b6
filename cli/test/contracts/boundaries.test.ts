import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonSchema } from "ashlar/module";
import type {
  Baselines,
  EventBaseline,
  ModuleBaseline,
  OperationBaseline,
} from "../../src/contracts/baseline.ts";
import { contractChanges } from "../../src/contracts/contract-difference.ts";
import { foldedReads } from "../../src/contracts/observed-reads.ts";
import { baselinesWith, object, summary } from "./contract-scene.ts";

const text = { type: "string" };
const whole = { type: "integer" };

const operation = (
  input: JsonSchema,
  output: JsonSchema,
  parts: Partial<OperationBaseline> = {},
): OperationBaseline => ({
  kind: "command",
  transaction: "own",
  input,
  output,
  errors: {},
  ...parts,
});

const found = (old: Baselines, new_: Baselines) => summary(contractChanges(old, new_));

const ordering = (parts: Partial<ModuleBaseline>, rest: Partial<Baselines> = {}) =>
  baselinesWith({ ordering: parts }, rest);

const placing = (input: JsonSchema, parts: Partial<ModuleBaseline> = {}) =>
  ordering({ operations: { placeOrder: operation(input, object({ id: text })) }, ...parts });

const event = (payload: JsonSchema, version = 1, upcasts: readonly number[] = []): EventBaseline => ({
  version,
  upcasts,
  payload,
});

/** An event of ordering, and what billing subscribes to. */
const publishing = (payload: EventBaseline | undefined, rest: Partial<Baselines> = {}, subscribed = true) =>
  baselinesWith(
    {
      ordering: { events: payload === undefined ? {} : { orderPaid: payload } },
      billing: {
        subscribers: subscribed ? { bookPayment: { event: "ordering.orderPaid", queue: "default" } } : {},
      },
    },
    rest,
  );

test("a break between modules that are deployed together is a note", () => {
  const changes = found(placing(object({ cart: text })), placing(object({ cart: text, note: text })));
  assert.deepEqual(changes, ["note required-property-added /note"]);
});

test("the same break of a remote module is an error", () => {
  const changes = found(
    placing(object({ cart: text }), { remote: true }),
    placing(object({ cart: text, note: text }), { remote: true }),
  );
  assert.deepEqual(changes, ["error required-property-added /note"]);
});

test("an error that is not declared any more is a warning of a remote module, and a note between others", () => {
  const failing = (remote: boolean, codes: readonly string[]) =>
    ordering({
      ...(remote ? { remote: true } : {}),
      operations: {
        placeOrder: operation(object({}), object({}), {
          errors: Object.fromEntries(
            codes.map((code) => [code, { kind: "conflict" as const, data: object({}), commits: false }]),
          ),
        }),
      },
    });
  assert.deepEqual(found(failing(true, ["EMPTY"]), failing(true, [])), ["warning error-code-changed"]);
  assert.deepEqual(found(failing(false, ["EMPTY"]), failing(false, [])), ["note error-code-changed"]);
});

test("a command that leaves its caller's transaction is a warning, also in one deploy", () => {
  const joining = (transaction: string) =>
    ordering({ operations: { placeOrder: operation(object({}), object({}), { transaction }) } });
  assert.deepEqual(found(joining("joins"), joining("own")), ["warning transaction-changed"]);
});

test("a payload that changes without its version is an error, for rows and for old instances", () => {
  const changes = found(publishing(event(object({ id: text }))), publishing(event(object({ id: whole }))));
  assert.deepEqual(changes, ["error type-changed /id", "error type-changed /id"]);
});

test("even one more optional property of a payload is refused by instances of the old release", () => {
  const changes = found(
    publishing(event(object({ id: text }))),
    publishing(event(object({ id: text, note: text }, ["id"]))),
  );
  assert.deepEqual(changes, ["error unknown-property-added /note"]);
});

test("a payload may change with its version and an upcast", () => {
  const changes = found(
    publishing(event(object({ id: text }))),
    publishing(event(object({ id: whole }), 2, [1])),
  );
  assert.deepEqual(changes, ["note event-version-raised", "note type-changed /id"]);
});

test("a version without an upcast from each older one is an error, and so is a lower one", () => {
  assert.deepEqual(
    found(publishing(event(object({ id: text }))), publishing(event(object({ id: text }), 3, [2]))),
    ["error event-upcast-missing", "note event-version-raised"],
  );
  assert.deepEqual(
    found(publishing(event(object({ id: text }), 2, [1])), publishing(event(object({ id: text })))),
    ["error event-version-lowered"],
  );
});

test("an event that is removed is an error while somebody subscribes to it, and a warning else", () => {
  const old = publishing(event(object({ id: text })));
  const [change] = contractChanges(old, publishing(undefined));
  assert.equal(change!.severity, "error");
  assert.match(change!.text, /billing\.on\.bookPayment/);
  const alone = publishing(event(object({ id: text })), {}, false);
  assert.deepEqual(found(alone, publishing(undefined, {}, false)), ["warning event-removed"]);
});

test("a property of a payload that a consumer reads is not removed unnoticed; one that nobody reads is", () => {
  const old = event(object({ id: text, total: object({ amount: whole }) }));
  const raised = event(object({ id: text }), 2, [1]);
  const reads = { "billing.on.bookPayment": { "ordering.orderPaid": ["/total/amount"] } };
  const [change] = contractChanges(publishing(old, { reads }), publishing(raised, { reads }));
  assert.deepEqual(
    [change!.severity, change!.id, change!.pointer],
    ["error", "required-property-removed", "/total"],
  );
  assert.match(change!.text, /billing\.on\.bookPayment reads it/);
  const others = { "billing.on.bookPayment": { "ordering.orderPaid": ["/id"] } };
  assert.deepEqual(found(publishing(old, { reads: others }), publishing(raised, { reads: others })), [
    "note event-version-raised",
    "note required-property-removed /total",
  ]);
});

test("reads make a removal from a view precise, and without them the rule stands", () => {
  const showing = (row: JsonSchema, reads: Baselines["reads"] = {}) =>
    baselinesWith({ catalog: { views: { listing: { view: "listing", row } } } }, { reads });
  const old = object({ sku: text, name: text });
  const new_ = object({ sku: text });
  assert.deepEqual(found(showing(old), showing(new_)), ["error required-property-removed /name"]);
  const reads = { "ordering.placeOrder": { "catalog.listing": ["/sku"] } };
  assert.deepEqual(found(showing(old, reads), showing(new_, reads)), [
    "note required-property-removed /name",
  ]);
  assert.deepEqual(found(showing(old), showing(object({ sku: text, name: whole }))), [
    "error type-changed /name",
  ]);
});

test("what may never have been in a value was not seen to be ignored", () => {
  const reads = { "billing.on.bookPayment": { "ordering.orderPaid": ["/id"] } };
  const old = event({ type: "object", properties: { id: text, note: text }, required: ["id"] });
  const raised = event({ type: "object", properties: { id: text }, required: ["id"] });
  const within = (parts: object) =>
    event({
      type: "object",
      properties: { id: text, total: object({ sum: whole, ...parts }) },
      required: ["id"],
    });
  assert.deepEqual(found(publishing(old, { reads }), publishing(raised, { reads })), [
    "warning optional-property-removed /note",
    "warning optional-property-removed /note",
  ]);
  const [change] = contractChanges(
    publishing(within({ tax: whole }), { reads }),
    publishing(within({}), { reads }),
  );
  assert.deepEqual([change!.severity, change!.pointer], ["error", "/total/tax"]);
});

test("one consumer that was never watched keeps the rule", () => {
  const two = (payload: EventBaseline) =>
    baselinesWith(
      {
        ordering: { events: { orderPaid: payload } },
        billing: { subscribers: { bookPayment: { event: "ordering.orderPaid", queue: "default" } } },
        mail: { subscribers: { thank: { event: "ordering.orderPaid", queue: "default" } } },
      },
      { reads: { "billing.on.bookPayment": { "ordering.orderPaid": ["/id"] } } },
    );
  const changes = found(
    two(event({ type: "object", properties: { id: text, note: text }, required: ["id"] })),
    two(event({ type: "object", properties: { id: text }, required: ["id"] })),
  );
  assert.deepEqual(changes, [
    "warning optional-property-removed /note",
    "warning optional-property-removed /note",
  ]);
});

test("a job's payload has to be good both ways", () => {
  const enqueuing = (payload: JsonSchema) =>
    baselinesWith({ billing: { jobs: { capture: { queue: "default", payload } } } });
  assert.deepEqual(found(enqueuing(object({ id: text })), enqueuing(object({ id: text, tries: whole }))), [
    "error required-property-added /tries",
    "error unknown-property-added /tries",
  ]);
  assert.deepEqual(found(enqueuing(object({ id: text }, [])), enqueuing(object({ id: text }))), [
    "error became-required /id",
  ]);
  assert.deepEqual(found(enqueuing(object({ id: text })), enqueuing(object({ id: text }, []))), [
    "error became-optional /id",
  ]);
});

test("names that are stored with rows may not be taken back", () => {
  const named = (job: string, subscriber: string, schedule: string, queue: string) =>
    baselinesWith({
      billing: {
        jobs: { [job]: { queue, payload: object({}) } },
        subscribers: { [subscriber]: { event: "ordering.orderPaid", queue: "default" } },
        schedules: { [schedule]: { job: "billing.capture", timing: { cron: "0 3 * * *" } as never } },
      },
    });
  const old = named("capture", "bookPayment", "nightly", "default");
  assert.deepEqual(found(old, named("take", "bookPayment", "nightly", "default")), ["error job-removed"]);
  assert.deepEqual(found(old, named("capture", "book", "nightly", "default")), ["error subscriber-removed"]);
  assert.deepEqual(found(old, named("capture", "bookPayment", "daily", "default")), [
    "warning schedule-removed",
  ]);
  assert.deepEqual(found(old, named("capture", "bookPayment", "nightly", "slow")), ["warning queue-changed"]);
});

test("a route that asks for another role or scope is an error", () => {
  const routed = (auth: ModuleBaseline["routes"][string]["auth"]) =>
    ordering({ routes: { "GET /v1/orders": { auth, operation: "ordering.listOrders" } } });
  assert.deepEqual(found(routed({ kind: "signed_in" }), routed({ kind: "role", role: "operator" })), [
    "error security-tightened",
  ]);
  assert.deepEqual(
    found(routed({ kind: "signed_in", scope: "orders:read" }), routed({ kind: "signed_in" })),
    ["error security-tightened"],
  );
  assert.deepEqual(found(routed({ kind: "role", role: "operator" }), routed({ kind: "signed_in" })), [
    "note security-loosened",
  ]);
});

test("an answer that is stored under an idempotency key is given again by the new release", () => {
  const answering = (schema: object): Baselines =>
    ordering(
      { routes: { "POST /v1/orders": { auth: { kind: "anyone" }, operation: "ordering.placeOrder" } } },
      {
        openApi: {
          openapi: "3.1.0",
          info: {},
          paths: {
            "/v1/orders": {
              post: {
                parameters: [{ name: "Idempotency-Key", in: "header", schema: text }],
                responses: { 200: { content: { "application/json": { schema } } } },
              },
            },
          },
        },
      },
    );
  const [change] = contractChanges(
    answering(object({ id: text })),
    answering(object({ id: text, number: text })),
  );
  assert.deepEqual(
    [change!.severity, change!.id, change!.part, change!.module],
    ["warning", "required-property-added", "stored answer 200", "ordering"],
  );
});

test("reads stay known until their consumer was watched again, and their place is gone", () => {
  const now = publishing(event(object({ id: text })));
  const known = {
    "billing.on.bookPayment": { "ordering.orderPaid": ["/id", "/total"] },
    "billing.gone": { "ordering.orderPaid": ["/id"] },
  };
  assert.deepEqual(foldedReads(known, {}, now), {
    "billing.on.bookPayment": { "ordering.orderPaid": ["/id", "/total"] },
  });
  const observed = { "billing.on.bookPayment": { "ordering.orderPaid": ["/id"] } };
  assert.deepEqual(foldedReads(known, observed, now), {
    "billing.on.bookPayment": { "ordering.orderPaid": ["/id"] },
  });
});
