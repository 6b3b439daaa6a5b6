import type { Direction } from "./change-rules.ts";
import { dereferenced, type OperationPair, type Side } from "./openapi-difference.ts";
import { isObject, type SchemaNode, type SchemaObject, sameText } from "./schema-node.ts";

export function bodyChanges(pair: OperationPair): void {
  const direction = pair.isOurRequest ? "response" : "request";
  const was = pair.old.operation.requestBody;
  const is = pair.new.operation.requestBody;
  const part = "request body";
  if (was === undefined && is === undefined) return;
  const before = dereferenced(pair.old.description, was);
  const after = dereferenced(pair.new.description, is);
  if (was === undefined) {
    if (after.required === true) {
      pair.changes.add("request-body-required", direction, part, "a required body was added");
    } else pair.changes.add("request-body-added", direction, part, "an optional body was added");
    return;
  }
  if (is === undefined) {
    pair.changes.add("request-body-removed", direction, part, "the body was removed");
    return;
  }
  if (before.required !== true && after.required === true) {
    pair.changes.add("request-body-required", direction, part, "the body is required now");
  } else if (before.required === true && after.required !== true) {
    pair.changes.add("request-body-optional", direction, part, "the body may be absent now");
  }
  contentChanges(pair, part, before, after, direction);
}

export function responseChanges(pair: OperationPair): void {
  const direction = pair.isOurRequest ? "request" : "response";
  const olds = isObject(pair.old.operation.responses) ? pair.old.operation.responses : {};
  const news = isObject(pair.new.operation.responses) ? pair.new.operation.responses : {};
  for (const [status, response] of Object.entries(olds)) {
    if (status.startsWith("x-")) continue;
    const part = `response ${status}`;
    // A range that stands for it now promises what is compared.
    const now = news[status] ?? news[`${status[0]}XX`];
    if (now === undefined) {
      if (/^2/.test(status))
        pair.changes.add("success-status-removed", direction, part, `status ${status} was removed`);
      else pair.changes.add("error-status-removed", direction, part, `status ${status} was removed`);
      continue;
    }
    const before = dereferenced(pair.old.description, response);
    const after = dereferenced(pair.new.description, now);
    headerChanges(pair, part, before, after, direction);
    contentChanges(pair, part, before, after, direction);
  }
  for (const status of Object.keys(news)) {
    if (status in olds || status.startsWith("x-")) continue;
    pair.changes.add("status-added", direction, `response ${status}`, `status ${status} was added`);
  }
}

function headerChanges(
  pair: OperationPair,
  part: string,
  before: SchemaObject,
  after: SchemaObject,
  direction: Direction,
): void {
  const olds = headersOf(pair.old, before);
  const news = headersOf(pair.new, after);
  for (const [key, { name, header }] of olds) {
    const now = news.get(key);
    const place = `${part} header ${name}`;
    if (now === undefined) {
      pair.changes.add("response-header-removed", direction, place, "the header was removed");
      continue;
    }
    if (header.required === true && now.header.required !== true) {
      pair.changes.add("response-header-optional", direction, place, "the header may be absent now");
    }
    compareSchemas(pair, place, header, now.header, direction);
  }
  for (const [key, { name }] of news) {
    if (olds.has(key)) continue;
    pair.changes.add("response-header-added", direction, `${part} header ${name}`, "the header was added");
  }
}

interface NamedHeader {
  readonly name: string;
  readonly header: SchemaObject;
}

function headersOf(side: Side, response: SchemaObject): ReadonlyMap<string, NamedHeader> {
  return new Map(
    Object.entries(isObject(response.headers) ? response.headers : {}).map(([name, header]) => [
      name.toLowerCase(),
      { name, header: dereferenced(side.description, header) },
    ]),
  );
}

function contentChanges(
  pair: OperationPair,
  part: string,
  before: SchemaObject,
  after: SchemaObject,
  direction: Direction,
): void {
  const olds = contentOf(before);
  const news = contentOf(after);
  for (const [key, { name, content }] of olds) {
    const place = `${part} ${name}`;
    const now = news.get(key) ?? news.get(`${key.split("/")[0]}/*`) ?? news.get("*/*");
    if (now === undefined) {
      pair.changes.add("media-type-removed", direction, place, `${name} was removed`);
      continue;
    }
    compareSchemas(pair, place, content, now.content, direction);
    if (!sameText(content.encoding, now.content.encoding)) {
      pair.changes.add("parameter-encoding-changed", direction, place, "the encoding of its parts changed");
    }
  }
  for (const [key, { name }] of news) {
    if (!olds.has(key))
      pair.changes.add("media-type-added", direction, `${part} ${name}`, `${name} was added`);
  }
}

interface NamedContent {
  readonly name: string;
  readonly content: SchemaObject;
}

/** By media type, without its parameters' spelling. */
function contentOf(message: SchemaObject): ReadonlyMap<string, NamedContent> {
  return new Map(
    Object.entries(isObject(message.content) ? message.content : {}).map(([name, content]) => [
      name.toLowerCase().replaceAll(" ", ""),
      { name, content: isObject(content) ? content : {} },
    ]),
  );
}

function compareSchemas(
  pair: OperationPair,
  part: string,
  before: SchemaObject,
  after: SchemaObject,
  direction: Direction,
): void {
  const was = before.schema as SchemaNode | undefined;
  const is = after.schema as SchemaNode | undefined;
  if (was === undefined && is === undefined) return;
  if (was === undefined) pair.changes.add("type-stated", direction, part, "has a schema now; it had none");
  else if (is === undefined) pair.changes.add("type-unstated", direction, part, "has no schema any more");
  else pair.changes.addSchema(part, pair.schemas.compare(pair.changes.where, was, is, direction));
}
