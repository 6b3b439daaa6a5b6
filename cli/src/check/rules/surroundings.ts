import { realpathSync } from "node:fs";
import { join } from "node:path";
import { ImportTargets } from "../import-target.ts";
import type { ModuleFacts, ProjectFacts } from "../project-facts.ts";
import type { Violation } from "../violation.ts";

/** What a module reads of the process around it, and ways out of its folder that are no imports. */
export function surroundingsViolations(project: ProjectFacts): Violation[] {
  const targets = new ImportTargets(project);
  return project.modules.flatMap((module) => [
    ...environmentViolations(module),
    ...linkViolations(project, targets, module),
    ...module.manifests.map((file) => ({
      ...about(module, file),
      rule: "nested-package",
      message: `${file} makes a package inside of ${module.name}, whose files would stand outside of its walls.`,
      remedy: "Remove it: a module is one package.",
    })),
    ...module.sources.flatMap(({ path, facts: { unreadable } }) =>
      unreadable === null
        ? []
        : [
            {
              ...about(module, path, unreadable),
              rule: "unreadable",
              message: `the file cannot be read as code: ${unreadable.name}.`,
              remedy: "Mend it; until then nothing in it is checked.",
            },
          ],
    ),
  ]);
}

function environmentViolations(module: ModuleFacts): Violation[] {
  return module.sources.flatMap(({ path, isTest, facts }) =>
    isTest
      ? []
      : facts.environment.map((read) => ({
          ...about(module, path, read),
          rule: "environment",
          message: `${module.name} reads the environment: ${read.name}.`,
          remedy: "Declare a setting in the definition; the host reads the environment and gives the value.",
        })),
  );
}

/** What lies behind a link is not read, so it may not be another module's. */
function linkViolations(project: ProjectFacts, targets: ImportTargets, module: ModuleFacts): Violation[] {
  return module.links.flatMap((file) => {
    let real: string;
    try {
      real = realpathSync(join(project.root, file));
    } catch {
      // It leads nowhere, so nothing can be imported through it.
      return [];
    }
    const owner = targets.ownerOf(join(real, "*"));
    if (owner?.root === module.package.root) return [];
    return [
      {
        ...about(module, file),
        rule: "link",
        message: `${file} is a symbolic link out of ${module.name}, into ${owner?.name ?? "what lies outside of the project"}.`,
        remedy: "Remove it: what a module needs of another it imports by the other's name.",
      },
    ];
  });
}

function about(module: ModuleFacts, file: string, { line, column } = { line: 1, column: 1 }) {
  return { severity: "error", module: module.module, file, line, column } as const;
}
