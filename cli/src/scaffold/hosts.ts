import { posix } from "node:path";
import { UsageError } from "../exit-code.ts";
import type { Project, ProjectPackage } from "../project/project.ts";
import { read, sourcesOf } from "./layout.ts";
import { editByHand } from "./scaffold-error.ts";
import { addImport } from "./source/imports.ts";
import { addElement } from "./source/insert.ts";
import {
  type ArrayLiteral,
  callsOf,
  exportedConstants,
  namesIn,
  syntaxOf,
  unwrapped,
  valueAt,
} from "./source/syntax.ts";

/** A package that composes modules into an app, and the file in which it lists them. */
export interface Host {
  readonly package: ProjectPackage;
  /** Relative to the root. */
  readonly file: string;
}

/** Every package that is no module and has a list of modules: `export const modules = […]`, or given to createApp. */
export function hostsOf(project: Project): Host[] {
  const modules = new Set(project.modules.map(({ directory }) => directory));
  return project.packages
    .filter(
      ({ directory, name }) => !modules.has(directory) && name !== "ashlar" && !name.startsWith("@ashlar/"),
    )
    .flatMap((each) =>
      sourcesOf(project, each.directory)
        .filter((file) => {
          const text = read(project, file);
          return /\bmodules\b/.test(text) && listIn(file, text) !== null;
        })
        .map((file) => ({ package: each, file })),
    );
}

/** The one host, or that which `named` says by package name or directory. */
export function chooseHost(project: Project, named: string | undefined): Host {
  const hosts = hostsOf(project);
  const chosen =
    named === undefined
      ? hosts
      : hosts.filter(({ package: { name, directory } }) =>
          [name, name.split("/").at(-1), directory, posix.basename(directory)].includes(named),
        );
  const [host, second] = chosen;
  if (host !== undefined && second === undefined) return host;
  const known = hosts.map(({ package: { name } }) => name).join(", ");
  if (host !== undefined) throw new UsageError(`Into which host? Give --host: ${known}.`);
  if (named !== undefined && hosts.length > 0) {
    throw new UsageError(`There is no host ${named}. There are: ${known}.`);
  }
  throw editByHand(
    "package.json",
    "has no workspace that lists modules",
    "Write `export const modules = [];` in the host's sources, where createApp is given it, and call the command again.",
  );
}

/** Adds a module to the host's list. `moduleFile` is its src/module.ts, relative to the root. */
export function addToHost(file: string, text: string, moduleFile: string, contract: string): string {
  const taken = namesIn(syntaxOf(file, text));
  const name = [contract, `${contract}Module`].find((each) => !taken.has(each));
  if (name === undefined) {
    throw editByHand(
      file,
      `has both ${contract} and ${contract}Module`,
      `Import ${moduleFile} there and add it to the list.`,
    );
  }
  const relative = posix.relative(posix.dirname(file), moduleFile);
  const from = relative.startsWith(".") ? relative : `./${relative}`;
  const listed = addElement(text, listIn(file, text)!, name);
  return addImport(file, listed, { from, default: name });
}

function listIn(file: string, text: string): ArrayLiteral | null {
  const program = syntaxOf(file, text);
  for (const { name, value } of exportedConstants(program)) {
    if (name === "modules" && value.type === "ArrayExpression") return value;
  }
  for (const { arguments: given } of callsOf(program, "createApp")) {
    const parts = given[0] === undefined ? null : unwrapped(given[0]);
    const modules = parts?.type === "ObjectExpression" ? valueAt(parts, "modules") : null;
    if (modules?.type === "ArrayExpression") return modules;
  }
  return null;
}
