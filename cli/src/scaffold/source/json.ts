import type { Node } from "oxc-parser";
import { editByHand } from "../scaffold-error.ts";
import { addElement, addProperty } from "./insert.ts";
import { type ArrayLiteral, type ObjectLiteral, syntaxOf, unwrapped, valueAt } from "./syntax.ts";

/**
 * Edits of JSON texts that leave everything else as it is, comments too: JSON is read as the JavaScript that it is.
 * The parenthesis moves every position by one, and is taken off again.
 */
function editJson(file: string, text: string, edit: (text: string, object: ObjectLiteral) => string): string {
  const wrapped = `(${text})`;
  const [statement] = syntaxOf(`${file}.ts`, wrapped).body;
  const object: Node | null =
    statement?.type === "ExpressionStatement" ? unwrapped(statement.expression) : null;
  if (object?.type !== "ObjectExpression") throw editByHand(file, "is no JSON object", "Correct it.");
  return edit(wrapped, object).slice(1, -1);
}

/** Adds an entry to an object within, such as `dependencies`; the object is made when it is missing. */
export function addEntry(
  file: string,
  text: string,
  path: readonly string[],
  key: string,
  value: string,
  behind?: (key: string) => boolean,
): string {
  return editJson(file, text, (source, root) => {
    let object = root;
    for (const step of path) {
      const next = valueAt(object, step);
      if (next === null) {
        const rest = path.slice(path.indexOf(step) + 1);
        if (rest.length > 0)
          throw editByHand(file, `has no "${step}"`, `Add ${JSON.stringify(path)} with ${key}: ${value}.`);
        return addProperty(
          source,
          object,
          `${JSON.stringify(step)}: {\n  ${JSON.stringify(key)}: ${value}\n}`,
        );
      }
      if (next.type !== "ObjectExpression")
        throw editByHand(file, `has no object "${step}"`, `Add ${JSON.stringify(key)}: ${value} by hand.`);
      object = next;
    }
    if (valueAt(object, key) !== null) return source;
    const neighbour = object.properties.findLast(
      (each) =>
        each.type === "Property" && each.key.type === "Literal" && behind?.(String(each.key.value)) === true,
    );
    return addProperty(source, object, `${JSON.stringify(key)}: ${value}`, neighbour);
  });
}

/** Whether there is an object at the path. */
export function hasPath(file: string, text: string, path: readonly string[]): boolean {
  let has = false;
  editJson(file, text, (source, root) => {
    let node: Node | null = root;
    for (const step of path) node = node?.type === "ObjectExpression" ? valueAt(node, step) : null;
    has = node !== null;
    return source;
  });
  return has;
}

/** Adds `{ "path": … }` to the references of a tsconfig.json, behind the last of those that lie beside it. */
export function addReference(file: string, text: string, paths: readonly string[], beside: string): string {
  return editJson(file, text, (source, root) => {
    const references = valueAt(root, "references");
    const entries = paths.map((path) => `{ "path": ${JSON.stringify(path)} }`);
    if (references === null) return addProperty(source, root, `"references": [${entries.join(", ")}]`);
    if (references.type !== "ArrayExpression")
      throw editByHand(file, "has no array of references", `Add ${entries.join(", ")}.`);
    const neighbour = references.elements.findLastIndex((each) => pathOf(each)?.startsWith(beside) === true);
    const kept = references.elements.slice(0, neighbour < 0 ? undefined : neighbour + 1);
    return addElement(source, { ...references, elements: kept } as ArrayLiteral, entries.join(",\n"));
  });
}

function pathOf(entry: Node | null): string | null {
  if (entry?.type !== "ObjectExpression") return null;
  const path = valueAt(entry, "path");
  return path?.type === "Literal" && typeof path.value === "string" ? path.value : null;
}
