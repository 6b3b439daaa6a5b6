import assert from "node:assert/strict";
import { test } from "node:test";
import { CHANGE_RULES } from "../../src/contracts/change-rules.ts";
import type { SchemaObject } from "../../src/contracts/schema-node.ts";
import { apiDifference, apiOf, apiWith, json, summary } from "./contract-scene.ts";

interface Example {
  readonly rule: number;
  readonly name: string;
  readonly old: SchemaObject;
  readonly new: SchemaObject;
  readonly found: readonly string[];
}

const text = { type: "string" };
const whole = { type: "integer" };
const open = (properties: SchemaObject, required: readonly string[] = []): SchemaObject => ({
  type: "object",
  properties,
  required,
});

/** A change of a schema, in both directions. */
function both(
  rule: number,
  name: string,
  old: SchemaObject,
  new_: SchemaObject,
  request: readonly string[],
  response: readonly string[],
): readonly Example[] {
  return [
    {
      rule,
      name: `${name}, in a request`,
      old: apiOf("request", old),
      new: apiOf("request", new_),
      found: request,
    },
    {
      rule,
      name: `${name}, in a response`,
      old: apiOf("response", old),
      new: apiOf("response", new_),
      found: response,
    },
  ];
}

/** A change of an operation. */
function neutral(
  rule: number,
  name: string,
  old: SchemaObject,
  new_: SchemaObject,
  found: readonly string[],
): readonly Example[] {
  return [{ rule, name, old: apiWith(old), new: apiWith(new_), found }];
}

const ok = { description: "OK" };
const pathParameter = (parts: SchemaObject) => ({
  parameters: [{ name: "id", in: "path", required: true, ...parts }],
});
const query = (parts: SchemaObject) => ({ parameters: [{ name: "limit", in: "query", ...parts }] });
const cat = { type: "object", properties: { kind: { const: "cat" } }, required: ["kind"] };
const dog = { type: "object", properties: { kind: { const: "dog" } }, required: ["kind"] };
const pets = (mapping: SchemaObject) => ({
  oneOf: [cat, dog],
  discriminator: { propertyName: "kind", mapping },
});

const EXAMPLES: readonly Example[] = [
  {
    rule: 1,
    name: "an operation is removed",
    old: apiWith({}),
    new: { ...apiWith({}), paths: {} },
    found: ["error operation-removed"],
  },
  {
    rule: 1,
    name: "an operation is removed before its sunset",
    old: apiWith({ deprecated: true, "x-sunset": "2027-01-01" }),
    new: { ...apiWith({}), paths: {} },
    found: ["error operation-removed"],
  },
  {
    rule: 1,
    name: "an operation is removed after its sunset",
    old: apiWith({ deprecated: true, "x-sunset": "2026-01-01" }),
    new: { ...apiWith({}), paths: {} },
    found: ["note operation-removed"],
  },
  ...neutral(
    2,
    "a sunset is brought forward",
    { deprecated: true, "x-sunset": "2027-01-01" },
    { deprecated: true, "x-sunset": "2026-12-01" },
    ["error sunset-shortened"],
  ),
  ...neutral(2, "a sunset is deleted", { deprecated: true, "x-sunset": "2027-01-01" }, { deprecated: true }, [
    "error sunset-shortened",
  ]),
  ...neutral(
    3,
    "a success status is removed",
    { responses: { 200: ok, 202: ok } },
    { responses: { 200: ok } },
    ["error success-status-removed"],
  ),
  ...neutral(
    4,
    "a media type of an answer is removed",
    { responses: { 200: { ...ok, content: { ...json(text), "text/csv": {} } } } },
    { responses: { 200: { ...ok, content: json(text) } } },
    ["error media-type-removed"],
  ),
  ...neutral(
    4,
    "a media type of a body is removed",
    { requestBody: { content: { ...json(text), "text/csv": {} } } },
    { requestBody: { content: json(text) } },
    ["error media-type-removed"],
  ),
  ...neutral(5, "a session is needed now", { security: [] }, { security: [{ bearer: [] }] }, [
    "error security-tightened",
  ]),
  ...neutral(
    5,
    "one more scope is needed",
    { security: [{ oauth: ["read"] }] },
    { security: [{ oauth: ["read", "write"] }] },
    ["error security-tightened"],
  ),
  {
    rule: 6,
    name: "a webhook is removed",
    old: apiWith({}, { document: { webhooks: { paid: { post: { responses: { 200: ok } } } } } }),
    new: apiWith({}),
    found: ["error event-removed"],
  },
  ...neutral(7, "an operation's id changes", { operationId: "placeOrder" }, { operationId: "order" }, [
    "error operation-id-changed",
  ]),
  ...neutral(7, "an operation's id is removed", { operationId: "placeOrder" }, { operationId: undefined }, [
    "error operation-id-changed",
  ]),
  ...neutral(8, "stability is lowered", { "x-stability-level": "stable" }, { "x-stability-level": "beta" }, [
    "error stability-lowered",
  ]),
  ...neutral(
    9,
    "a status of failures is removed",
    { responses: { 200: ok, 409: ok } },
    { responses: { 200: ok } },
    ["warning error-status-removed"],
  ),
  ...both(
    10,
    "a required property is added",
    open({ a: text }),
    open({ a: text, b: text }, ["b"]),
    ["error required-property-added /b"],
    [],
  ),
  ...neutral(10, "a required parameter is added", {}, query({ required: true, schema: whole }), [
    "error required-parameter-added",
  ]),
  ...both(
    11,
    "a property becomes required",
    open({ a: text }),
    open({ a: text }, ["a"]),
    ["error became-required /a"],
    [],
  ),
  ...both(
    12,
    "a property becomes optional",
    open({ a: text }, ["a"]),
    open({ a: text }),
    [],
    ["error became-optional /a"],
  ),
  ...both(
    13,
    "a required property is removed",
    open({ a: text, b: text }, ["b"]),
    open({ a: text }),
    ["warning required-property-removed /b"],
    ["error required-property-removed /b"],
  ),
  ...both(
    14,
    "an optional property is removed",
    open({ a: text, b: text }),
    open({ a: text }),
    ["warning optional-property-removed /b"],
    ["warning optional-property-removed /b"],
  ),
  ...both(
    14,
    "an optional property is removed from a closed object",
    { ...open({ a: text, b: text }), additionalProperties: false },
    { ...open({ a: text }), additionalProperties: false },
    ["error closed-property-removed /b"],
    ["warning optional-property-removed /b"],
  ),
  ...neutral(
    15,
    "a body becomes required",
    { requestBody: { content: json(text) } },
    { requestBody: { required: true, content: json(text) } },
    ["error request-body-required"],
  ),
  ...neutral(16, "a body is removed", { requestBody: { content: json(text) } }, {}, [
    "error request-body-removed",
  ]),
  ...neutral(
    17,
    "a header of an answer is removed",
    { responses: { 200: { ...ok, headers: { etag: { schema: text } } } } },
    { responses: { 200: ok } },
    ["error response-header-removed"],
  ),
  ...neutral(
    17,
    "a header of an answer becomes optional",
    { responses: { 200: { ...ok, headers: { etag: { required: true, schema: text } } } } },
    { responses: { 200: { ...ok, headers: { Etag: { schema: text } } } } },
    ["error response-header-optional"],
  ),
  ...both(18, "a type is narrowed", { type: ["string", "integer"] }, text, ["error type-narrowed"], []),
  ...both(19, "a type is widened", text, { type: ["string", "boolean"] }, [], ["error type-widened"]),
  ...both(20, "an integer becomes a number", whole, { type: "number" }, [], ["error integer-became-number"]),
  ...both(21, "null is refused now", { type: ["string", "null"] }, text, ["error null-removed"], []),
  ...both(22, "null is possible now", text, { anyOf: [text, { type: "null" }] }, [], ["error null-added"]),
  ...both(
    23,
    "a value of a list is removed",
    { enum: ["a", "b"] },
    { enum: ["a"] },
    ["error enum-value-removed"],
    [],
  ),
  ...both(
    24,
    "a value of a list is added",
    { anyOf: [{ const: "a" }, { const: "b" }] },
    { enum: ["a", "b", "c"] },
    [],
    ["warning enum-value-added"],
  ),
  ...both(25, "values are listed now", text, { type: "string", enum: ["a"] }, ["error became-enum"], []),
  ...both(
    26,
    "a literal changes",
    { const: "a" },
    { const: "b" },
    ["error const-changed"],
    ["error const-changed"],
  ),
  ...both(27, "a limit is tightened", whole, { ...whole, maximum: 5 }, ["error limit-tightened"], []),
  ...both(
    28,
    "a limit is loosened",
    { type: "array", items: text, maxItems: 5 },
    { type: "array", items: text },
    [],
    ["error limit-loosened"],
  ),
  ...both(29, "a pattern is added", text, { ...text, pattern: "^a" }, ["error constraint-added"], []),
  ...both(
    29,
    "a format changes",
    { ...text, format: "date" },
    { ...text, format: "date-time" },
    ["warning constraint-changed"],
    ["warning constraint-changed"],
  ),
  ...both(30, "multipleOf is removed", { ...whole, multipleOf: 5 }, whole, [], ["error constraint-removed"]),
  ...both(
    31,
    "a branch is removed",
    { anyOf: [cat, dog] },
    { anyOf: [cat] },
    ["error union-branch-removed"],
    [],
  ),
  ...both(32, "a branch is added", { oneOf: [cat] }, { oneOf: [cat, dog] }, [], ["error union-branch-added"]),
  ...both(
    33,
    "one more schema has to hold",
    open({ a: text }),
    { ...open({ a: text }), allOf: [{ not: { required: ["b"] } }] },
    ["error all-of-added"],
    [],
  ),
  ...both(
    34,
    "one schema less has to hold",
    { ...open({ a: text }), not: { required: ["b"] } },
    open({ a: text }),
    ["warning all-of-removed"],
    ["error all-of-removed"],
  ),
  ...both(
    35,
    "an object is closed",
    open({ a: text }),
    { ...open({ a: text }), additionalProperties: false },
    ["error additional-properties-closed"],
    [],
  ),
  ...both(
    36,
    "an object is opened",
    { ...open({ a: text }), additionalProperties: false },
    open({ a: text }),
    [],
    ["warning additional-properties-opened"],
  ),
  ...both(
    37,
    "a discriminator names one branch less",
    pets({ cat: "#/a", dog: "#/b" }),
    pets({ cat: "#/a" }),
    ["error discriminator-changed"],
    ["error discriminator-changed"],
  ),
  ...both(
    38,
    "a property requires another",
    open({ a: text, b: text }),
    { ...open({ a: text, b: text }), dependentRequired: { a: ["b"] } },
    ["error dependent-required-added"],
    [],
  ),
  ...both(
    39,
    "a default changes",
    { ...whole, default: 10 },
    { ...whole, default: 20 },
    ["error default-changed"],
    ["warning default-changed"],
  ),
  ...both(
    40,
    "a property can only be read now",
    open({ a: text }),
    open({ a: { ...text, readOnly: true } }),
    ["error became-read-only /a"],
    [],
  ),
  ...both(
    41,
    "a property can only be written now",
    open({ a: text }),
    open({ a: { ...text, writeOnly: true } }),
    [],
    ["error became-write-only /a"],
  ),
  ...neutral(
    42,
    "a parameter of the path has another type",
    pathParameter({ schema: whole }),
    pathParameter({ schema: { type: ["integer", "string"] } }),
    ["error parameter-encoding-changed"],
  ),
  ...neutral(
    42,
    "a list is written another way",
    query({ schema: { type: "array", items: text } }),
    query({ explode: false, schema: { type: "array", items: text } }),
    ["error parameter-encoding-changed"],
  ),
  ...both(
    43,
    "a unit changes",
    { ...whole, "x-unit": "cents" },
    { ...whole, "x-unit": "euros" },
    ["error unit-changed"],
    ["error unit-changed"],
  ),
];

for (const { rule, name, old, new: new_, found } of EXAMPLES) {
  test(`rule ${rule}: ${name}`, () => {
    const changes = apiDifference(old, new_, new Date("2026-11-21"));
    assert.deepEqual(summary(changes), found);
  });
}

test("each of the 43 rules has an example, and an id", () => {
  const numbers = Array.from({ length: 43 }, (_, at) => at + 1);
  const withExample = new Set(EXAMPLES.map(({ rule }) => rule));
  const withId = new Set<number | null>(Object.values(CHANGE_RULES).map(({ rule }) => rule));
  assert.deepEqual(
    numbers.filter((rule) => !withExample.has(rule) || !withId.has(rule)),
    [],
  );
});

test("nothing is found between a document and itself", () => {
  for (const { old } of EXAMPLES) assert.deepEqual(apiDifference(old, structuredClone(old)), []);
});
