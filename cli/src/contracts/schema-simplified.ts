import {
  isAnnotation,
  isObject,
  resolve,
  type SchemaNode,
  type SchemaObject,
  type SchemaRoot,
  sameText,
} from "./schema-node.ts";

/**
 * Writes schemas in the plainest way that means the same: references followed, and `allOf` merged into one schema
 * wherever that does not change what is valid. The same node gives the same object every time.
 */
export class Simplifier {
  readonly #root: SchemaRoot;
  readonly #known = new WeakMap<SchemaObject, SchemaNode>();
  readonly #underway = new Set<SchemaObject>();

  constructor(root: SchemaRoot) {
    this.#root = root;
  }

  simplified(node: SchemaNode): SchemaNode {
    if (typeof node === "boolean") return node;
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    // Referring to itself with nothing between: such a schema stays as it is.
    if (this.#underway.has(node)) return node;
    this.#underway.add(node);
    const result = this.#simplify(node);
    this.#underway.delete(node);
    this.#known.set(node, result);
    return result;
  }

  #simplify(node: SchemaObject): SchemaNode {
    if (typeof node.$ref === "string") {
      const target = resolve(this.#root, node.$ref) as SchemaNode;
      const { $ref, ...beside } = node;
      if (this.#root.isOpenApi30 || !saysAnything(beside)) return this.simplified(target);
      return this.#simplify({ ...beside, allOf: [target, ...listOf(beside.allOf)] });
    }
    if (!Array.isArray(node.allOf)) return node;
    const { allOf, ...own } = node;
    const members = (allOf as SchemaNode[]).map((member) => this.simplified(member));
    return merged(own, members) ?? { ...own, allOf: members };
  }
}

/** Whether a schema decides about values, or about what absent and hidden ones mean. */
function saysAnything(schema: SchemaObject): boolean {
  return Object.keys(schema).some((key) => !isAnnotation(key) || key === "x-unit" || key === "x-currency");
}

function merged(own: SchemaObject, members: readonly SchemaNode[]): SchemaNode | null {
  if (members.includes(false)) return false;
  const parts = members.filter(isObject);
  const { unevaluatedProperties, nullable, ...rest } = own;
  const all = [...parts, rest].filter((part) => Object.keys(part).length > 0);
  const asserting = all.filter(saysAnything);
  if (asserting.length > 1 && asserting.some(refusesUndeclared)) return null;
  const result: Record<string, unknown> = {};
  for (const part of all) {
    for (const [key, value] of Object.entries(part)) {
      if (key === "nullable") continue;
      if (!(key in result)) result[key] = value;
      else if (key === "required") result[key] = [...new Set([...listOf(result[key]), ...listOf(value)])];
      else if (key === "properties") result[key] = mergedProperties(result[key], value);
      else if (isAnnotation(key) && key !== "x-unit" && key !== "x-currency") result[key] = value;
      else if (!sameText({ [key]: result[key] }, { [key]: value })) return null;
    }
  }
  if (ARRAY_SHAPES.some((key) => key in result) && asserting.filter(shapesArrays).length > 1) return null;
  // Said of the whole, it is what people mean; a member that stands alone says it of the whole too.
  if (nullable === true || (parts.length > 0 && parts.every((part) => part.nullable === true))) {
    result.nullable = true;
  }
  if (unevaluatedProperties !== undefined) {
    const canBeMerged =
      unevaluatedProperties === false && !["anyOf", "oneOf", "allOf", "if"].some((key) => key in result);
    if (!canBeMerged) return null;
    result.additionalProperties = false;
  }
  return result;
}

function refusesUndeclared(schema: SchemaObject): boolean {
  return (
    (schema.additionalProperties !== undefined && schema.additionalProperties !== true) ||
    schema.patternProperties !== undefined ||
    schema.unevaluatedProperties !== undefined ||
    schema.unevaluatedItems !== undefined ||
    schema.if !== undefined
  );
}

const ARRAY_SHAPES = ["items", "prefixItems", "contains", "minContains", "maxContains"];

function shapesArrays(schema: SchemaObject): boolean {
  return ARRAY_SHAPES.some((key) => key in schema);
}

function mergedProperties(one: unknown, other: unknown): SchemaObject {
  const result: Record<string, unknown> = { ...(one as SchemaObject) };
  for (const [name, schema] of Object.entries(other as SchemaObject)) {
    const present = result[name];
    result[name] = present === undefined || sameText(present, schema) ? schema : { allOf: [present, schema] };
  }
  return result;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
