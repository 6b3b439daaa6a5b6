import { type ApiChange, ApiChanges } from "./api-change.ts";
import { bySeverity } from "./change-rules.ts";
import type { OpenApiDescription } from "./openapi-file.ts";
import { lifecycleChanges, removedOperation } from "./openapi-lifecycle.ts";
import { bodyChanges, responseChanges } from "./openapi-messages.ts";
import { parameterChanges } from "./openapi-parameters.ts";
import { securityChanges } from "./openapi-security.ts";
import { SharedSchemas } from "./openapi-shared.ts";
import { isObject, resolve, type SchemaObject, type SchemaRoot } from "./schema-node.ts";

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/** What the parts of a comparison of two operations need. */
export interface OperationPair {
  readonly old: Side;
  readonly new: Side;
  readonly changes: ApiChanges;
  /** Compares two schemas, where they stand in an operation. */
  readonly schemas: SharedSchemas;
  /** We send the request of a webhook, and take its response in. */
  readonly isOurRequest: boolean;
}

export interface Side {
  readonly description: OpenApiDescription;
  readonly path: string;
  readonly item: SchemaObject;
  readonly operation: SchemaObject;
}

/**
 * What happened between two descriptions of an HTTP interface, most severe first. A schema that several operations
 * share is compared once. `today` decides whether a sunset has passed.
 */
export function openApiChanges(
  old: OpenApiDescription,
  new_: OpenApiDescription,
  today = new Date(),
): readonly ApiChange[] {
  const schemas = new SharedSchemas(old, new_);
  const changes = [
    ...sectionChanges(old, new_, "paths", schemas, today),
    ...sectionChanges(old, new_, "webhooks", schemas, today),
    ...schemas.changes(),
  ];
  return changes.sort(
    (one, other) => bySeverity(one.severity, other.severity) || compareText(one.where, other.where),
  );
}

/** What an object of a description is, when it may stand somewhere else. */
export function dereferenced(root: SchemaRoot, value: unknown): SchemaObject {
  let at = value;
  while (isObject(at) && typeof at.$ref === "string") at = resolve(root, at.$ref);
  return isObject(at) ? at : {};
}

function sectionChanges(
  old: OpenApiDescription,
  new_: OpenApiDescription,
  section: "paths" | "webhooks",
  schemas: SharedSchemas,
  today: Date,
): readonly ApiChange[] {
  const olds = operationsOf(old, old.document[section]);
  const news = operationsOf(new_, new_.document[section]);
  const result: ApiChange[] = [];
  for (const [key, before] of olds) {
    const after = news.get(key);
    const changes = new ApiChanges(nameOf(before, section));
    if (after === undefined) removedOperation(changes, before.operation, section, today);
    else
      compareOperations({ old: before, new: after, changes, schemas, isOurRequest: section === "webhooks" });
    result.push(...changes.list);
  }
  for (const [key, after] of news) {
    if (olds.has(key)) continue;
    const changes = new ApiChanges(nameOf(after, section));
    changes.add(
      "operation-added",
      "request",
      "",
      `${section === "paths" ? "the operation" : "the webhook"} was added`,
    );
    result.push(...changes.list);
  }
  return result;
}

function compareOperations(pair: OperationPair): void {
  lifecycleChanges(pair);
  securityChanges(pair);
  parameterChanges(pair);
  bodyChanges(pair);
  responseChanges(pair);
  callbackChanges(pair);
}

/** What we call back: as with webhooks, the request is ours. */
function callbackChanges(pair: OperationPair): void {
  const olds = callbacksOf(pair.old);
  const news = callbacksOf(pair.new);
  for (const [key, before] of olds) {
    const after = news.get(key);
    if (after === undefined) {
      pair.changes.add("event-removed", "response", `callback ${key}`, "the callback was removed");
      continue;
    }
    const changes = new ApiChanges(pair.changes.where);
    compareOperations({ ...pair, old: before, new: after, changes, isOurRequest: true });
    for (const change of changes.list) {
      pair.changes.list.push({ ...change, part: `callback ${key} ${change.part}`.trim() });
    }
  }
}

function callbacksOf(side: Side): ReadonlyMap<string, Side> {
  const found = new Map<string, Side>();
  const callbacks = isObject(side.operation.callbacks) ? side.operation.callbacks : {};
  for (const [name, callback] of Object.entries(callbacks)) {
    for (const [key, operation] of operationsOf(side.description, dereferenced(side.description, callback))) {
      found.set(`${name} ${key}`, operation);
    }
  }
  return found;
}

/** By method and path. Names of parameters do not distinguish paths. */
function operationsOf(description: OpenApiDescription, section: unknown): ReadonlyMap<string, Side> {
  const found = new Map<string, Side>();
  for (const [path, entry] of Object.entries(isObject(section) ? section : {})) {
    if (path.startsWith("x-")) continue;
    const item = dereferenced(description, entry);
    for (const method of METHODS) {
      const operation = item[method];
      if (!isObject(operation)) continue;
      const side = { description, path, item, operation };
      found.set(`${method.toUpperCase()} ${path.replace(/\{[^}]*\}/g, "{}")}`, side);
    }
  }
  return found;
}

function nameOf(side: Side, section: string): string {
  const method = METHODS.find((each) => side.item[each] === side.operation)!.toUpperCase();
  return section === "webhooks" ? `webhook ${side.path}` : `${method} ${side.path}`;
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
