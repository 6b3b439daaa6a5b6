import { editByHand } from "../scaffold-error.ts";
import { addProperty } from "../source/insert.ts";
import {
  callsOf,
  exportedConstants,
  keyOf,
  type ObjectLiteral,
  syntaxOf,
  unwrapped,
  valueAt,
} from "../source/syntax.ts";

/** Has `src/definition.ts` export what a use case of this sort imports: `handle`, `route`, `job`, … */
export function exportTools(file: string, text: string, tools: readonly string[]): string {
  return tools.reduce((edited, tool) => exportTool(file, edited, tool), text);
}

function exportTool(file: string, text: string, tool: string): string {
  for (const { id } of exportedConstants(syntaxOf(file, text))) {
    if (id.type !== "ObjectPattern") continue;
    const has = id.properties.some((each) => each.type === "Property" && keyOf(each.key) === tool);
    return has ? text : addProperty(text, id, tool);
  }
  throw editByHand(
    file,
    "has no `export const { handle, … } = definition`",
    `Export ${tool} of the definition there and call the command again.`,
  );
}

/** Declares a queue of the module, unless it has it. */
export function addQueue(file: string, text: string, queue: string): string {
  const parts = partsOf(file, text);
  if (parts === null) return withParts(file, text, `{ queues: { ${queue}: { concurrency: 5 } } }`);
  const queues = valueAt(parts, "queues");
  if (queues === null) return addProperty(text, parts, `queues: { ${queue}: { concurrency: 5 } }`);
  if (queues.type !== "ObjectExpression") {
    throw editByHand(file, "has `queues` that are not written out", `Add ${queue} to them.`);
  }
  return valueAt(queues, queue) === null ? addProperty(text, queues, `${queue}: { concurrency: 5 }`) : text;
}

function partsOf(file: string, text: string): ObjectLiteral | null {
  const [call] = callsOf(syntaxOf(file, text), "define");
  if (call === undefined) throw editByHand(file, "does not call `define`", "Declare the queue by hand.");
  const parts = call.arguments[1] === undefined ? null : unwrapped(call.arguments[1]);
  return parts?.type === "ObjectExpression" ? parts : null;
}

function withParts(file: string, text: string, parts: string): string {
  const [call] = callsOf(syntaxOf(file, text), "define");
  const last = call?.arguments.at(-1);
  if (call?.arguments.length !== 1 || last === undefined) {
    throw editByHand(file, "gives `define` parts that are not written out", `Add ${parts} to them.`);
  }
  return `${text.slice(0, last.end)}, ${parts}${text.slice(last.end)}`;
}
