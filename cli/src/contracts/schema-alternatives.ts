import {
  isAnnotation,
  isObject,
  type SchemaNode,
  type SchemaObject,
  type SchemaRoot,
} from "./schema-node.ts";
import { type SchemaShape, shapeOf } from "./schema-shape.ts";
import type { Simplifier } from "./schema-simplified.ts";

/** The shapes of which a value has to have one. Null stands beside them, because everybody thinks of it so. */
export interface Alternatives {
  readonly isNullable: boolean;
  readonly branches: readonly Branch[];
  /** A value must have exactly one of the shapes, and some have more than one. */
  readonly mayOverlap: boolean;
  /** Which unions its branches stand in: where they overlap, that decides too. */
  readonly structure: string;
}

export interface Branch {
  readonly shape: SchemaShape;
  /** Where it was referred to, if it was. */
  readonly reference: string | null;
  readonly node: SchemaNode;
}

/** Takes a simplified schema apart. */
export function alternativesOf(node: SchemaNode, root: SchemaRoot, simplifier: Simplifier): Alternatives {
  const found: Branch[] = [];
  let isExclusive = false;
  let isNullable = false;
  const underway = new Set<SchemaNode>();
  const collect = (part: SchemaNode, reference: string | null): string => {
    const simplified = simplifier.simplified(part);
    const union = unionIn(simplified);
    if (union === null) {
      found.push({ shape: shapeOf(simplified, root), reference, node: part });
      return "·";
    }
    // A union that is a branch of itself adds nothing.
    if (underway.has(simplified)) return "·";
    underway.add(simplified);
    if (union.isExclusive) isExclusive = true;
    if (root.isOpenApi30 && isObject(simplified) && simplified.nullable === true) isNullable = true;
    const inner = union.parts.map((each) =>
      collect(each, isObject(each) && typeof each.$ref === "string" ? each.$ref : null),
    );
    underway.delete(simplified);
    return `${union.isExclusive ? "oneOf" : "anyOf"}(${inner.join("")})`;
  };
  const structure = collect(node, null);
  isNullable ||=
    found.some(({ shape }) => shape.types.has("null") && !isConditional(shape.schema)) ||
    (root.isOpenApi30 && isObject(node) && node.nullable === true);
  const separate = found
    .map((branch) => ({ ...branch, shape: withoutNull(branch.shape) }))
    .filter(({ shape }) => shape.types.size > 0 || found.length === 1);
  const mayOverlap =
    isExclusive &&
    (found.filter(({ shape }) => shape.types.has("null")).length > 1 ||
      separate.some((one, at) =>
        separate.slice(at + 1).some((other) => !areDisjoint(one.shape, other.shape, simplifier)),
      ));
  // A literal that stands in two branches of a oneOf is in neither.
  return { isNullable, branches: mayOverlap ? separate : mergedLiterals(separate), mayOverlap, structure };
}

interface Union {
  readonly parts: readonly SchemaNode[];
  readonly isExclusive: boolean;
}

/** What says nothing of values may stand beside a union; anything else makes it a condition among others. */
const BESIDE_A_UNION = new Set(["default", "nullable", "discriminator", "readOnly", "writeOnly"]);

function unionIn(node: SchemaNode): Union | null {
  if (typeof node === "boolean") return null;
  const saying = Object.keys(node).filter((key) => !isAnnotation(key) && !BESIDE_A_UNION.has(key));
  if (saying.length !== 1) return null;
  const [keyword] = saying;
  if ((keyword !== "anyOf" && keyword !== "oneOf") || !Array.isArray(node[keyword])) return null;
  return { parts: node[keyword] as SchemaNode[], isExclusive: keyword === "oneOf" };
}

/** Where conditions decide, null may be refused though its type is there: it stays among the types of the shape. */
function isConditional(schema: SchemaObject): boolean {
  return ["allOf", "anyOf", "oneOf", "not", "if"].some((keyword) => keyword in schema);
}

function withoutNull(shape: SchemaShape): SchemaShape {
  if (!shape.types.has("null") || isConditional(shape.schema)) return shape;
  const types = new Set(shape.types);
  types.delete("null");
  const literals = shape.literals === null ? null : new Set(shape.literals);
  literals?.delete("null");
  return { ...shape, types, literals };
}

/** A union of literals is one list of them. */
function mergedLiterals(branches: readonly Branch[]): readonly Branch[] {
  const isPlain = ({ shape: { literals, schema } }: Branch) =>
    literals !== null &&
    Object.keys(schema).every(
      (key) => isAnnotation(key) || ["enum", "const", "type", "nullable", "default"].includes(key),
    );
  const plain = branches.filter(isPlain);
  if (plain.length < 2) return branches;
  const shape: SchemaShape = {
    schema: {},
    isTypeless: false,
    types: new Set(plain.flatMap((branch) => [...branch.shape.types])),
    literals: new Set(plain.flatMap((branch) => [...branch.shape.literals!])),
  };
  const node = { enum: [...shape.literals!].map((text) => JSON.parse(text) as unknown) };
  return [{ shape, reference: null, node }, ...branches.filter((branch) => !isPlain(branch))];
}

/** Literals that a required property must have: what tells the branches of a union apart. */
export function marksOf(schema: SchemaObject): Readonly<Record<string, ReadonlySet<string>>> {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const marks: Record<string, ReadonlySet<string>> = {};
  for (const name of Array.isArray(schema.required) ? (schema.required as string[]) : []) {
    const property = properties[name];
    if (!isObject(property)) continue;
    const { literals } = shapeOf(property as SchemaNode, { document: {}, isOpenApi30: false });
    if (literals !== null) marks[name] = literals;
  }
  return marks;
}

export function haveDifferentMarks(one: SchemaObject, other: SchemaObject): boolean {
  const marks = marksOf(other);
  return Object.entries(marksOf(one)).some(
    ([name, literals]) => marks[name] !== undefined && literals.isDisjointFrom(marks[name] as Set<string>),
  );
}

function areDisjoint(one: SchemaShape, other: SchemaShape, simplifier: Simplifier): boolean {
  if (![...one.types].some((type) => other.types.has(type))) return true;
  if (one.literals !== null && other.literals !== null) {
    return one.literals.isDisjointFrom(other.literals as Set<string>);
  }
  // Only objects are told apart by a property of theirs.
  const shared = [...one.types].filter((type) => other.types.has(type));
  if (shared.some((type) => type !== "object")) return false;
  return (
    haveDifferentMarks(
      withPlainProperties(one.schema, simplifier),
      withPlainProperties(other.schema, simplifier),
    ) ||
    refuses(one.schema, other.schema) ||
    refuses(other.schema, one.schema)
  );
}

function withPlainProperties(schema: SchemaObject, simplifier: Simplifier): SchemaObject {
  if (!isObject(schema.properties)) return schema;
  return {
    ...schema,
    properties: Object.fromEntries(
      Object.entries(schema.properties).map(([name, node]) => [
        name,
        simplifier.simplified(node as SchemaNode),
      ]),
    ),
  };
}

/** Whether `closed` refuses every object that `other` accepts, because of a property that it does not know. */
function refuses(closed: SchemaObject, other: SchemaObject): boolean {
  if (closed.additionalProperties !== false || closed.patternProperties !== undefined) return false;
  const known = isObject(closed.properties) ? closed.properties : {};
  return Array.isArray(other.required) && other.required.some((name) => !((name as string) in known));
}
