import { dereferenced, type OperationPair, type Side } from "./openapi-difference.ts";
import type { SchemaChange } from "./schema-difference.ts";
import { isObject, type SchemaNode, type SchemaObject } from "./schema-node.ts";

export function parameterChanges(pair: OperationPair): void {
  const olds = parametersOf(pair.old);
  const news = parametersOf(pair.new);
  const direction = pair.isOurRequest ? "response" : "request";
  for (const [key, parameter] of olds) {
    const after = news.get(key);
    const part = nameOf(parameter);
    if (after === undefined) pair.changes.add("parameter-removed", direction, part, "was removed");
    else compareParameters(pair, part, parameter, after);
  }
  for (const [key, parameter] of news) {
    if (olds.has(key)) continue;
    if (parameter.required === true) {
      pair.changes.add(
        "required-parameter-added",
        direction,
        nameOf(parameter),
        "was added, and is required",
      );
    } else pair.changes.add("optional-parameter-added", direction, nameOf(parameter), "was added");
  }
}

function compareParameters(pair: OperationPair, part: string, old: SchemaObject, new_: SchemaObject): void {
  const direction = pair.isOurRequest ? "response" : "request";
  if (old.required !== true && new_.required === true) {
    pair.changes.add("became-required", direction, part, "is required now");
  } else if (old.required === true && new_.required !== true) {
    pair.changes.add("became-optional", direction, part, "may be absent now");
  }
  const was = encodingOf(old);
  const is = encodingOf(new_);
  if (was !== is) {
    pair.changes.add("parameter-encoding-changed", direction, part, `is written as ${is} now; it was ${was}`);
  }
  const changes = pair.schemas.compare(
    pair.changes.where,
    schemaOf(pair.old, old),
    schemaOf(pair.new, new_),
    direction,
  );
  pair.changes.addSchema(part, old.in === "path" ? changes.map(asPathParameter) : changes);
}

/** A path parameter of another type is another path, also for a wider type. */
function asPathParameter(change: SchemaChange): SchemaChange {
  return change.id === "type-widened" || change.id === "integer-became-number"
    ? { ...change, id: "parameter-encoding-changed", severity: "error" }
    : change;
}

/** Headers that OpenAPI itself says are not parameters. */
const NOT_PARAMETERS = new Set(["header accept", "header content-type", "header authorization"]);

/** By place and name; those of a path by their position in it. An operation's own replace those of its path. */
function parametersOf({ description, item, operation, path }: Side): ReadonlyMap<string, SchemaObject> {
  const found = new Map<string, SchemaObject>();
  const positions = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name!);
  for (const list of [item.parameters, operation.parameters]) {
    for (const each of Array.isArray(list) ? list : []) {
      const parameter = dereferenced(description, each);
      const name = String(parameter.name);
      const key =
        parameter.in === "path"
          ? `path ${positions.includes(name) ? positions.indexOf(name) : name}`
          : `${String(parameter.in)} ${parameter.in === "header" ? name.toLowerCase() : name}`;
      if (!NOT_PARAMETERS.has(key)) found.set(key, parameter);
    }
  }
  return found;
}

function nameOf(parameter: SchemaObject): string {
  return `${String(parameter.in)} parameter ${String(parameter.name)}`;
}

function schemaOf({ description }: Side, parameter: SchemaObject): SchemaNode {
  if (parameter.schema !== undefined) return parameter.schema as SchemaNode;
  const [content] = Object.values(isObject(parameter.content) ? parameter.content : {});
  return (dereferenced(description, content).schema ?? true) as SchemaNode;
}

const STYLES: Readonly<Record<string, string>> = {
  query: "form",
  cookie: "form",
  path: "simple",
  header: "simple",
};

/** How a value becomes text, with what OpenAPI takes when nothing is said. */
function encodingOf(parameter: SchemaObject): string {
  const [mediaType] = Object.keys(isObject(parameter.content) ? parameter.content : {});
  if (mediaType !== undefined) return mediaType;
  const style = String(parameter.style ?? STYLES[String(parameter.in)]);
  const explode = parameter.explode ?? style === "form";
  return `style ${style}${explode === true ? ", exploded" : ""}${parameter.allowReserved === true ? ", reserved characters as they are" : ""}`;
}
