import { isBuiltin } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isInContract, type Place, packageOf, trespassOf } from "../../framework/src/boundary/index.ts";
import type { ModuleImport, ModuleWorkspace, Violation } from "./workspace.ts";

/** What a module's source may use of the framework. Its tests may use all that the framework exports. */
const OPEN_TO_CONTRACT = ["ashlar/contract"];
const OPEN_TO_SOURCE = ["ashlar/contract", "ashlar/module"];

export function importViolations(workspace: ModuleWorkspace): Violation[] {
  return workspace.imports.flatMap((found) => {
    const target = targetOf(found, workspace);
    return target === null ? outsideViolations(found) : moduleViolations(found, target);
  });
}

/** The rules that the boundary hook keeps at run time, here for type imports too. */
function moduleViolations({ at, file, module, specifier }: ModuleImport, target: Place): Violation[] {
  const trespass = trespassOf({ file, package: module }, specifier, target);
  if (trespass === null) return [];
  const { rule, what, remedy } = trespass;
  return [{ at, rule, message: `${what}: "${specifier}". ${remedy}` }];
}

/** What a module may import that is no module. */
function outsideViolations(found: ModuleImport): Violation[] {
  const { at, file, module, specifier } = found;
  const inContract = isInContract(file, module);
  if (!inContract && !relative(module.root, file).startsWith("src")) return [];
  const violation = (rule: string, message: string): Violation[] => [{ at, rule, message }];

  if (found.package === "ashlar") {
    const open = inContract ? OPEN_TO_CONTRACT : OPEN_TO_SOURCE;
    if (open.includes(specifier)) return [];
    const part = inContract ? "the contract" : "the source";
    return violation(
      "framework",
      `${part} of ${module.name} imports "${specifier}". Only ${open.join(" and ")} are for it.`,
    );
  }
  if (inContract) {
    return violation(
      "contract-imports",
      `the contract of ${module.name} imports "${specifier}". A contract imports its own files and ashlar/contract only, so that it can leave with its module.`,
    );
  }
  if (found.package === "pg") {
    return violation(
      "driver",
      `${module.name} imports "pg", past the walls. Use \`db\` or \`sql\` of the use case's context.`,
    );
  }
  if (isBuiltin(specifier) || found.package === null || module.dependencies.has(found.package)) return [];
  return violation(
    "undeclared",
    `${module.name} imports "${specifier}" without declaring it. Add it to dependencies in its package.json.`,
  );
}

/** The workspace file an import ends at; null for the framework, installed packages and Node's own modules. */
function targetOf(found: ModuleImport, { modules }: ModuleWorkspace): Place | null {
  if (found.package === null) {
    const file = found.specifier.startsWith("file:")
      ? fileURLToPath(found.specifier)
      : resolve(dirname(found.file), found.specifier);
    const owner = packageOf(dirname(file));
    return owner === null ? null : { file, package: owner };
  }
  const named = modules.find(({ name }) => name === found.package);
  if (named === undefined) return null;
  const inside = found.specifier.slice(named.name.length + 1);
  return { file: inside === "" ? (named.contract ?? named.root) : join(named.root, inside), package: named };
}
