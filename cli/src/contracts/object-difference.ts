import type { Comparison, SchemaChange } from "./schema-difference.ts";
import { isObject, type SchemaNode, type SchemaObject } from "./schema-node.ts";
import type { SchemaShape } from "./schema-shape.ts";

/** What became of the properties of an object, of those that it need not name, and of which it must have. */
export function objectChanges(
  comparison: Comparison,
  old: SchemaShape,
  new_: SchemaShape,
): readonly SchemaChange[] {
  if (!old.types.has("object") || !new_.types.has("object")) return [];
  const was = membersOf(old.schema, comparison.direction, (node) => comparison.simplifiedOld(node));
  const is = membersOf(new_.schema, comparison.direction, (node) => comparison.simplifiedNew(node));
  const changes: SchemaChange[] = [
    ...patternChanges(comparison, was, is),
    ...restChanges(comparison, was, is),
  ];
  for (const name of new Set([...was.names, ...is.names])) {
    const before = was.properties[name];
    const after = is.properties[name];
    if (before === undefined) changes.push(...addedProperty(comparison, name, was, is));
    else if (after === undefined) changes.push(...removedProperty(comparison, name, was, is));
    else changes.push(...keptProperty(comparison, name, before, after));
  }
  return [...changes, ...requiredChanges(comparison, was, is), ...dependencyChanges(comparison, old, new_)];
}

interface Members {
  readonly properties: Readonly<Record<string, SchemaNode>>;
  readonly names: readonly string[];
  readonly required: ReadonlySet<string>;
  readonly patterns: Readonly<Record<string, SchemaNode>>;
  /** Undefined when nothing is said of properties without a name. */
  readonly rest: SchemaNode | undefined;
  readonly isHidden: (name: string) => boolean;
  readonly hasCounts: boolean;
}

function membersOf(
  schema: SchemaObject,
  direction: Comparison["direction"],
  simplified: (node: SchemaNode) => SchemaNode,
): Members {
  // Without Object.prototype: a property may be called `constructor`.
  const properties = Object.assign(Object.create(null), schema.properties) as Record<string, SchemaNode>;
  // What is read only is no part of a request, and what is write only none of a response.
  const isHidden = (name: string) => {
    const node = properties[name];
    const plain = node === undefined ? node : simplified(node);
    return isObject(plain) && plain[direction === "request" ? "readOnly" : "writeOnly"] === true;
  };
  return {
    properties,
    names: Object.keys(properties),
    required: new Set(Array.isArray(schema.required) ? (schema.required as string[]) : []),
    patterns: (schema.patternProperties ?? {}) as Record<string, SchemaNode>,
    rest: schema.additionalProperties as SchemaNode | undefined,
    isHidden,
    hasCounts: schema.minProperties !== undefined || schema.maxProperties !== undefined,
  };
}

function addedProperty(
  comparison: Comparison,
  name: string,
  was: Members,
  is: Members,
): readonly SchemaChange[] {
  if (is.isHidden(name)) return [];
  const changes: SchemaChange[] = [];
  const pointer = `/${escaped(name)}`;
  const covering = coveredBy(was, name);
  for (const node of covering) changes.push(...comparison.part(node, is.properties[name]!, pointer));
  if (comparison.direction === "response" && was.hasCounts) {
    changes.push(
      comparison.change(
        "cannot-tell",
        pointer,
        `${name} was added to an object that limits how many there are`,
      ),
    );
  }
  const isRefused =
    comparison.reader === "validating" &&
    comparison.direction === "response" &&
    was.rest === false &&
    covering.length === 0;
  if (isRefused) {
    changes.push(
      comparison.change(
        "unknown-property-added",
        pointer,
        `${name} was added, and who validates by the old schema refuses it`,
      ),
    );
  } else if (is.required.has(name)) {
    changes.push(comparison.change("required-property-added", pointer, `${name} was added, and is required`));
  } else changes.push(comparison.change("optional-property-added", pointer, `${name} was added`));
  return changes;
}

function removedProperty(
  comparison: Comparison,
  name: string,
  was: Members,
  is: Members,
): readonly SchemaChange[] {
  if (was.isHidden(name)) return [];
  const pointer = `/${escaped(name)}`;
  const covering = coveredBy(is, name);
  if (comparison.direction === "request" && is.rest === false && covering.length === 0) {
    return [
      comparison.change(
        "closed-property-removed",
        pointer,
        `${name} was removed, and is refused now: the object is closed`,
      ),
    ];
  }
  return [
    ...covering.flatMap((node) => comparison.part(was.properties[name]!, node, pointer)),
    was.required.has(name)
      ? comparison.change("required-property-removed", pointer, `${name} was removed; it was always there`)
      : comparison.change("optional-property-removed", pointer, `${name} was removed`),
  ];
}

function keptProperty(
  comparison: Comparison,
  name: string,
  before: SchemaNode,
  after: SchemaNode,
): readonly SchemaChange[] {
  const pointer = `/${escaped(name)}`;
  const was = comparison.simplifiedOld(before);
  const is = comparison.simplifiedNew(after);
  const says = (node: SchemaNode, keyword: string) => isObject(node) && node[keyword] === true;
  const changes: SchemaChange[] = [];
  const keyword = comparison.direction === "request" ? "readOnly" : "writeOnly";
  if (says(is, keyword)) {
    if (says(was, keyword)) return [];
    return [
      comparison.direction === "request"
        ? comparison.change("became-read-only", pointer, `${name} can only be read now`)
        : comparison.change("became-write-only", pointer, `${name} can only be written now`),
    ];
  }
  changes.push(...comparison.part(before, after, pointer));
  return changes;
}

function requiredChanges(comparison: Comparison, was: Members, is: Members): readonly SchemaChange[] {
  const changes: SchemaChange[] = [];
  for (const name of is.required) {
    // One that was added with its schema is told of there.
    const isNew = was.properties[name] === undefined && is.properties[name] !== undefined;
    if (was.required.has(name) || isNew || is.isHidden(name)) continue;
    changes.push(comparison.change("became-required", `/${escaped(name)}`, `${name} is required now`));
  }
  for (const name of was.required) {
    const isGone = was.properties[name] !== undefined && is.properties[name] === undefined;
    if (is.required.has(name) || isGone || was.isHidden(name) || is.isHidden(name)) continue;
    changes.push(comparison.change("became-optional", `/${escaped(name)}`, `${name} may be absent now`));
  }
  return changes;
}

/** `additionalProperties`: what is said of those without a name. */
function restChanges(comparison: Comparison, was: Members, is: Members): readonly SchemaChange[] {
  const isClosed = (members: Members) => members.rest === false;
  if (isClosed(was) && isClosed(is)) return [];
  if (isClosed(is)) {
    return [
      comparison.change("additional-properties-closed", "", "properties that are not named are refused now"),
    ];
  }
  if (isClosed(was)) {
    return [
      comparison.change(
        "additional-properties-opened",
        "",
        "properties that are not named are possible now",
        comparison.reader === "validating" && comparison.direction === "response" ? "error" : undefined,
      ),
    ];
  }
  if (!isObject(was.rest) && !isObject(is.rest)) return [];
  return comparison.part(was.rest ?? true, is.rest ?? true, "/*");
}

/** `patternProperties`, by their patterns: whether two patterns match the same names cannot be told. */
function patternChanges(comparison: Comparison, was: Members, is: Members): readonly SchemaChange[] {
  return [...new Set([...Object.keys(was.patterns), ...Object.keys(is.patterns)])].flatMap((pattern) => {
    const before = was.patterns[pattern];
    const after = is.patterns[pattern];
    if (before !== undefined && after !== undefined) return comparison.part(before, after, "/*");
    return [
      comparison.change(
        "cannot-tell",
        "",
        `names that match ${pattern} ${before === undefined ? "have a schema of their own now" : "have none of their own any more"}`,
      ),
    ];
  });
}

function dependencyChanges(
  comparison: Comparison,
  old: SchemaShape,
  new_: SchemaShape,
): readonly SchemaChange[] {
  const was = pairsOf(old.schema.dependentRequired);
  const is = pairsOf(new_.schema.dependentRequired);
  return [
    ...is
      .filter((pair) => !was.includes(pair))
      .map((pair) => comparison.change("dependent-required-added", "", `${pair} now`)),
    ...was
      .filter((pair) => !is.includes(pair))
      .map((pair) => comparison.change("dependent-required-removed", "", `${pair} no longer`)),
  ];
}

function pairsOf(dependencies: unknown): readonly string[] {
  return Object.entries((dependencies ?? {}) as Record<string, readonly string[]>).flatMap(([name, needed]) =>
    needed.map((other) => `${name} requires ${other}`),
  );
}

/** The schemas that a property without one of its own has to satisfy, as far as they are stated. */
function coveredBy(members: Members, name: string): readonly SchemaNode[] {
  const matching = Object.entries(members.patterns)
    .filter(([pattern]) => matches(pattern, name))
    .map(([, node]) => node);
  if (matching.length > 0) return matching;
  return members.rest === undefined || members.rest === false ? [] : [members.rest];
}

function matches(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern, "u").test(name);
  } catch {
    return false;
  }
}

function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
