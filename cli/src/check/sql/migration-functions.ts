import type { ParsedStatement, Tree } from "../../sql/parse.ts";
import { constantOf, treesOf, treesOfKind, unwrap } from "../../sql/tree.ts";

/** What is wrong with a function by the walls' rule, in the words of the framework's own check after a migration. */
export function functionFaults({ kind, node }: ParsedStatement, module: string): string[] {
  if (kind === "AlterFunctionStmt") {
    return pathFaults(settingsOf(node.actions), module).filter((fault) => fault !== NO_PATH);
  }
  if (kind !== "CreateFunctionStmt") return [];
  const options = treesOfKind(node.options, "DefElem");
  const isDefiner = options.some(
    ({ defname, arg }) => defname === "security" && unwrap(arg, "Boolean")?.boolval === true,
  );
  if (!isDefiner) return ["is not SECURITY DEFINER"];
  return pathFaults(settingsOf(node.options), module);
}

const NO_PATH = "has no pinned search_path";

function pathFaults(settings: readonly Tree[], module: string): string[] {
  if (settings.some(({ name }) => name === "role" || name === "session_authorization")) {
    return ["sets a role"];
  }
  const path = settings.find(({ name }) => name === "search_path");
  if (path === undefined || path.kind !== "VAR_SET_VALUE") return [NO_PATH];
  const entries = treesOf(path.args)
    .flatMap((value) => constantOf(value) ?? [])
    .flatMap((entry) => entry.split(","))
    .map((entry) => entry.replace(/[\s"]/g, ""));
  return entries.every((entry) => [module, "pg_catalog", "pg_temp", ""].includes(entry))
    ? []
    : ["has a search_path that leaves its schema"];
}

function settingsOf(list: unknown): Tree[] {
  return treesOfKind(list, "DefElem")
    .filter(({ defname }) => defname === "set")
    .map(({ arg }) => unwrap(arg, "VariableSetStmt") ?? {});
}
