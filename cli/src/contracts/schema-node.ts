import { isDeepStrictEqual } from "node:util";

/** A JSON Schema as it stands in a document. `false` accepts nothing, `true` and `{}` everything. */
export type SchemaNode = boolean | SchemaObject;

export type SchemaObject = Readonly<Record<string, unknown>>;

/** A document that schemas refer into: an OpenAPI file, or one schema that carries its own definitions. */
export interface SchemaRoot {
  readonly document: unknown;
  /** OpenAPI 3.0 says `nullable: true` and `exclusiveMinimum: true`, and ignores what stands beside a `$ref`. */
  readonly isOpenApi30: boolean;
}

/** A reference that leads nowhere, or out of the document. `message` names it. */
export class BrokenReference extends Error {
  override readonly name = "BrokenReference";
  readonly reference: string;

  constructor(reference: string, problem: string) {
    super(`${reference} ${problem}`);
    this.reference = reference;
  }
}

/** What stands at a reference: `#/a/b`, or the name or `$id` of a definition of the root. */
export function resolve(root: SchemaRoot, reference: string): unknown {
  if (reference === "#") return root.document;
  if (reference.startsWith("#/")) {
    let at: unknown = root.document;
    for (const part of reference.slice(2).split("/")) {
      const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
      at = isObject(at) || Array.isArray(at) ? (at as Record<string, unknown>)[key] : undefined;
      if (at === undefined) throw new BrokenReference(reference, "leads to nothing in the document");
    }
    return at;
  }
  const definitions = isObject(root.document) ? root.document.$defs : undefined;
  if (isObject(definitions)) {
    const named = definitions[reference];
    if (named !== undefined) return named;
    const found = Object.values(definitions).find((each) => isObject(each) && each.$id === reference);
    if (found !== undefined) return found;
  }
  throw new BrokenReference(
    reference,
    reference.startsWith("#")
      ? "leads to nothing in the document"
      : "leads out of the document; bundle the files into one first",
  );
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Keywords that say nothing about which values are valid. */
const ANNOTATIONS = new Set([
  "$comment",
  "$defs",
  "$id",
  "$schema",
  "definitions",
  "deprecated",
  "description",
  "example",
  "examples",
  "externalDocs",
  "summary",
  "title",
  "xml",
]);

export function isAnnotation(keyword: string): boolean {
  return ANNOTATIONS.has(keyword) || keyword.startsWith("x-");
}

/** Whether two schemas are the same but for annotations. The same `$ref` may still lead to different things. */
export function sameText(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(withoutAnnotations(one), withoutAnnotations(other));
}

function withoutAnnotations(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAnnotations);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !isAnnotation(key) || key === "x-unit" || key === "x-currency")
      .map(([key, member]) => [
        key,
        // Members of these are named by the author, not by JSON Schema: a property may be called `description`.
        key === "properties" || key === "patternProperties"
          ? isObject(member)
            ? Object.fromEntries(
                Object.entries(member).map(([name, each]) => [name, withoutAnnotations(each)]),
              )
            : member
          : key === "enum" || key === "const" || key === "default"
            ? member
            : withoutAnnotations(member),
      ]),
  );
}
