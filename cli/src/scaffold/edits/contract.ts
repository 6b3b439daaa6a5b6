import { editByHand } from "../scaffold-error.ts";
import { addImport } from "../source/imports.ts";
import { insertAt } from "../source/insert.ts";
import { indent } from "../source/lines.ts";
import {
  exportedConstants,
  keyOf,
  type ObjectLiteral,
  slice,
  syntaxOf,
  unwrapped,
} from "../source/syntax.ts";

export interface ContractMember {
  readonly name: string;
  /** `command`, `query`, `event` or `view`; null for a member that is made in another way. */
  readonly kind: string | null;
  readonly start: number;
  readonly end: number;
  /** What its maker is given, where that is written out. */
  readonly parts: ObjectLiteral | null;
}

export interface ContractFile {
  /** The constant: `ordering`. */
  readonly constant: string;
  readonly members: readonly ContractMember[];
}

/** The contract that a file exports. */
export function contractIn(file: string, text: string): ContractFile {
  for (const { name, value } of exportedConstants(syntaxOf(file, text))) {
    if (name === null || value.type !== "CallExpression" || slice(text, value.callee) !== "contract")
      continue;
    const members = value.arguments[1] === undefined ? null : unwrapped(value.arguments[1]);
    if (members?.type !== "ObjectExpression") break;
    return { constant: name, members: members.properties.flatMap((each) => memberOf(text, each)) };
  }
  throw editByHand(
    file,
    'has no `export const … = contract("…", {…})` with its members written out',
    "Add the member there by hand.",
  );
}

/** Adds a member behind the last one of its sort: operations stand before events. `source` begins with its comment. */
export function addMember(
  file: string,
  text: string,
  added: { readonly name: string; readonly kind: "command" | "query" | "event"; readonly source: string },
): string {
  const { members } = contractIn(file, text);
  const isEvent = added.kind === "event";
  const behind =
    members.findLast(({ kind }) => (kind === "event") === isEvent && kind !== "view") ?? members.at(-1);
  if (behind === undefined)
    throw editByHand(file, "has a contract without members", `Add ${added.name} to it.`);
  const comma = /^\s*,/.exec(text.slice(behind.end));
  const source = indent(added.source, 2);
  const glue = isEvent && behind.kind === "event" ? "\n" : "\n\n";
  const edited =
    comma === null
      ? insertAt(text, behind.end, `,${glue}${source},`)
      : insertAt(text, behind.end + comma[0].length, `${glue}${source},`);
  return addImport(file, edited, { from: "ashlar/contract", names: ["closed", added.kind] });
}

function memberOf(text: string, property: ObjectLiteral["properties"][number]): ContractMember[] {
  if (property.type !== "Property") return [];
  const name = keyOf(property.key);
  if (name === null) return [];
  const value = unwrapped(property.value);
  const { start, end } = property;
  if (value.type !== "CallExpression") return [{ name, kind: null, start, end, parts: null }];
  const given = value.arguments[0] === undefined ? null : unwrapped(value.arguments[0]);
  return [
    {
      name,
      kind: slice(text, value.callee),
      start,
      end,
      parts: given?.type === "ObjectExpression" ? given : null,
    },
  ];
}
