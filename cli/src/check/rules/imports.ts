import { join } from "node:path";
import { isInContract, trespassOf } from "ashlar/boundary";
import type { ImportFact } from "../file-facts.ts";
import { type ImportTarget, ImportTargets, isPath, packageName } from "../import-target.ts";
import type { ModuleFacts, ProjectFacts, SourceFacts } from "../project-facts.ts";
import type { Violation } from "../violation.ts";
import { isDriver, isDriverPart } from "./drivers.ts";

/** What a module's source may use of the framework. Its tests may use all that the framework exports. */
const OPEN_TO_CONTRACT = ["ashlar/contract"];
const OPEN_TO_SOURCE = ["ashlar/contract", "ashlar/module"];

/** Imports past a contract, of whatever kind, and those that are no module's business. */
export function importViolations(project: ProjectFacts): Violation[] {
  const targets = new ImportTargets(project);
  return project.modules.flatMap((module) =>
    module.sources.flatMap((source) =>
      source.facts.imports.flatMap((found) => {
        const finding = judge(project, module, source, found, targets.of(module, source.path, found));
        return finding === null
          ? []
          : [{ severity: "error", ...finding, ...at(module, source, found) } as const];
      }),
    ),
  );
}

type Finding = Pick<Violation, "rule" | "message" | "remedy"> & { readonly severity?: "note" };

function judge(
  project: ProjectFacts,
  module: ModuleFacts,
  source: SourceFacts,
  found: ImportFact,
  target: ImportTarget,
): Finding | null {
  switch (target.in) {
    case "unknown":
      return dynamic(found);
    case "workspace": {
      const { specifier } = target;
      if (!target.place.package.isModule && !isPath(specifier)) {
        // The framework, where it is made, and packages that are no modules: like installed ones.
        const installed = {
          in: "package",
          name: packageName(specifier),
          specifier,
          isByPath: false,
        } as const;
        return source.isTest ? null : packageFinding(project, module, source, found, installed);
      }
      // A URL names data as well as code; only another module's is nobody else's.
      if (isOfData(found) && !target.place.package.isModule) return null;
      const file = join(project.root, source.path);
      const trespass = trespassOf({ file, package: module.package }, target.specifier, target.place);
      if (trespass === null) return null;
      return {
        rule: trespass.rule,
        message: `${trespass.what}${through(found, target)}.`,
        remedy: trespass.remedy,
      };
    }
    case "node":
      return isInContractOf(project, module, source) ? contractFinding(module, target.specifier) : null;
    case "package":
      return source.isTest ? null : packageFinding(project, module, source, found, target);
  }
}

/** The specifier, and how it is imported where that is not the usual way. */
function through({ kind, specifier }: ImportFact, target: { readonly specifier: string }): string {
  const way = kind === "import" || kind === "import type" || kind === "export from" ? "" : ` by ${kind}`;
  const said = JSON.stringify(target.specifier);
  return `${way}: ${target.specifier === specifier || target.specifier.endsWith("…") ? said : `${JSON.stringify(specifier)}, which is ${said}`}`;
}

function packageFinding(
  project: ProjectFacts,
  module: ModuleFacts,
  source: SourceFacts,
  found: ImportFact,
  { name, specifier, isByPath }: Extract<ImportTarget, { in: "package" }>,
): Finding | null {
  if (isOfData(found)) return null;
  if (name === "ashlar") return frameworkFinding(module, source, specifier, project);
  if (isInContractOf(project, module, source)) return contractFinding(module, specifier);
  if (isDriver(name) || isDriverPart(found)) {
    return {
      rule: "driver",
      message: `${module.name} imports "${specifier}", past the walls.`,
      remedy:
        "Use `db` or `sql` of the use case's context: every statement of it goes out under the module's role.",
    };
  }
  if (isByPath) {
    return {
      rule: "by-path",
      message: `${module.name} imports a file of the installed package ${name} by its path: "${specifier}".`,
      remedy: `Import it by its name, "${name}", and add it to dependencies in the module's package.json.`,
    };
  }
  if (module.package.dependencies.has(name)) return null;
  return {
    rule: "undeclared",
    message: `${module.name} imports "${specifier}" without declaring it.`,
    remedy: `Add "${name}" to dependencies in ${module.packageJson.path}.`,
  };
}

function frameworkFinding(
  module: ModuleFacts,
  source: SourceFacts,
  specifier: string,
  project: ProjectFacts,
): Finding | null {
  const inContract = isInContractOf(project, module, source);
  const open = inContract ? OPEN_TO_CONTRACT : OPEN_TO_SOURCE;
  if (open.includes(specifier)) return null;
  return {
    rule: "framework",
    message: `${inContract ? "the contract" : "the source"} of ${module.name} imports "${specifier}".`,
    remedy: `Of the framework, ${open.join(" and ")} ${open.length === 1 ? "is" : "are"} for it; the rest is for hosts and tests.`,
  };
}

function contractFinding(module: ModuleFacts, specifier: string): Finding {
  return {
    rule: "contract-imports",
    message: `the contract of ${module.name} imports "${specifier}".`,
    remedy:
      "A contract imports its own files and ashlar/contract only, so that it can leave with its module.",
  };
}

/** Null for what is known to stay at home. */
function dynamic({ kind, specifier }: ImportFact): Finding | null {
  if (kind === "new URL" || kind === "path") return null;
  const known = specifier === "" ? "" : ` It begins with ${JSON.stringify(specifier)}.`;
  return {
    severity: "note",
    rule: "dynamic",
    message: `what ${kind} takes here is computed, so the check cannot see where it leads.${known}`,
    remedy: "The boundary hook refuses it at run time if it crosses a wall. Write it out where you can.",
  };
}

function isOfData({ kind }: ImportFact): boolean {
  return kind === "new URL" || kind === "path";
}

function isInContractOf(project: ProjectFacts, module: ModuleFacts, source: SourceFacts): boolean {
  return isInContract(join(project.root, source.path), module.package);
}

function at(module: ModuleFacts, { path }: SourceFacts, { line, column }: ImportFact) {
  return { module: module.module, file: path, line, column };
}
