import type { ApiChange } from "../../src/contracts/api-change.ts";
import type { Baselines, ModuleBaseline } from "../../src/contracts/baseline.ts";
import { openApiChanges } from "../../src/contracts/openapi-difference.ts";
import { checkedOpenApi } from "../../src/contracts/openapi-file.ts";
import type { SchemaObject } from "../../src/contracts/schema-node.ts";

/** An OpenAPI document with one operation, `POST /orders/{id}`, of which `operation` and `item` replace parts. */
export function apiWith(
  operation: SchemaObject,
  rest: { readonly version?: string; readonly document?: SchemaObject } = {},
): SchemaObject {
  return {
    openapi: rest.version ?? "3.1.0",
    info: { title: "Orders", version: "1" },
    paths: {
      "/orders/{id}": {
        post: {
          operationId: "placeOrder",
          responses: { 200: { description: "OK", content: json({ type: "string" }) } },
          ...operation,
        },
      },
    },
    ...rest.document,
  };
}

export function json(schema: SchemaObject): SchemaObject {
  return { "application/json": { schema } };
}

/** The operation with this schema as its body (request) or its answer (response). */
export function apiOf(
  direction: "request" | "response",
  schema: SchemaObject,
  version?: string,
): SchemaObject {
  return apiWith(
    direction === "request"
      ? { requestBody: { required: true, content: json(schema) } }
      : { responses: { 200: { description: "OK", content: json(schema) } } },
    version === undefined ? {} : { version },
  );
}

export function apiDifference(old: SchemaObject, new_: SchemaObject, today?: Date): readonly ApiChange[] {
  return openApiChanges(checkedOpenApi(old, "old.json"), checkedOpenApi(new_, "new.json"), today);
}

/** `error limit-tightened /limit`, for what is above `ok`. */
export function summary(
  changes: readonly { readonly severity: string; readonly id: string; readonly pointer: string }[],
): readonly string[] {
  return changes
    .filter(({ severity }) => severity !== "ok")
    .map(({ severity, id, pointer }) => `${severity} ${id} ${pointer}`.trim());
}

/** Baselines of modules that promise nothing but what is given. */
export function baselinesWith(
  modules: Readonly<Record<string, Partial<ModuleBaseline>>>,
  rest: Partial<Baselines> = {},
): Baselines {
  return {
    modules: Object.fromEntries(
      Object.entries(modules).map(([module, parts]) => [
        module,
        {
          module,
          operations: {},
          events: {},
          views: {},
          jobs: {},
          subscribers: {},
          schedules: {},
          routes: {},
          ...parts,
        },
      ]),
    ),
    openApi: null,
    reads: {},
    ...rest,
  };
}

export function object(properties: SchemaObject, required = Object.keys(properties)): SchemaObject {
  return { type: "object", properties, required, additionalProperties: false };
}
