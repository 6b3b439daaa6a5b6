import { editByHand } from "../scaffold-error.ts";
import { addImport } from "../source/imports.ts";
import { addElement, addProperty } from "../source/insert.ts";
import { callsOf, type ObjectLiteral, syntaxOf, unwrapped, valueAt } from "../source/syntax.ts";

/** What `defineModule` is given a list of. */
export type ModuleList = "handlers" | "jobs" | "schedules" | "on";

/** Wires something into `src/module.ts`: imports it and adds it to its list, which is made when it is missing. */
export function addToModule(
  file: string,
  text: string,
  added: { readonly list: ModuleList; readonly name: string; readonly from: string },
): string {
  const { list, name, from } = added;
  const parts = partsOf(file, text, `Import ${name} and add it to ${list}.`);
  const items = valueAt(parts, list);
  if (items !== null && items.type !== "ArrayExpression") {
    throw editByHand(
      file,
      `has ${list} that are no list written out`,
      `Import ${name} from ${from} and add it.`,
    );
  }
  const wired =
    items === null
      ? addProperty(text, parts, `${list}: [${name}]`, placeOf(parts, list))
      : addElement(text, items, name);
  return addImport(file, wired, { from, names: [name] });
}

/** Gives the module its routes, where it has none yet. */
export function addRoutes(file: string, text: string): string {
  const parts = partsOf(file, text, "Import routes and give them to it.");
  if (parts.properties.some((each) => each.type === "Property" && valueAt(parts, "routes") !== null))
    return text;
  const wired = addProperty(text, parts, "routes", placeOf(parts, "routes"));
  return addImport(file, wired, { from: "./routes.ts", names: ["routes"] });
}

const ORDER = ["handlers", "jobs", "on", "schedules", "routes", "migrations"];

/** Behind what usually stands before it. */
function placeOf(parts: ObjectLiteral, list: string) {
  const before = ORDER.slice(0, ORDER.indexOf(list));
  return parts.properties.findLast(
    (each) => each.type === "Property" && each.key.type === "Identifier" && before.includes(each.key.name),
  );
}

function partsOf(file: string, text: string, remedy: string): ObjectLiteral {
  const [call] = callsOf(syntaxOf(file, text), "defineModule");
  const parts = call?.arguments[1] === undefined ? null : unwrapped(call.arguments[1]);
  if (parts?.type === "ObjectExpression") return parts;
  throw editByHand(file, "does not call `defineModule` with its parts written out", remedy);
}
