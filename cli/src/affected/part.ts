import type { ProjectPackage } from "../project/project.ts";

/**
 * What a file is to those who depend on its package.
 * - `manifest`: its package.json.
 * - `contract`: what others see of a module.
 * - `migrations`: what its published views are made by.
 * - `source`: the rest of it. The walls keep it from other modules, but not from hosts.
 * - `tests`: nobody else's business.
 * - `words`: Markdown, a licence. Of matter only to a test that reads it.
 */
export type Part = "manifest" | "contract" | "migrations" | "source" | "tests" | "words";

/** `file` is relative to its package, or to the root when it is in none. */
export function partOf(file: string): Part {
  if (isTest(file)) return "tests";
  if (/(?:\.(?:md|mdx|txt)|(?:^|\/)(?:LICENSE|NOTICE|CODEOWNERS))$/i.test(file)) return "words";
  if (file === "package.json") return "manifest";
  if (file.startsWith("contract/")) return "contract";
  return file.startsWith("migrations/") ? "migrations" : "source";
}

/** A test, or something in a folder of tests. */
export function isTest(file: string): boolean {
  return isTestFile(file) || /(?:^|\/)(?:test|tests|__tests__)\//.test(file);
}

/** Something that a test run can be given. */
export function isTestFile(file: string): boolean {
  return /\.(?:test|spec)\.[cm]?[jt]sx?$/.test(file);
}

/** The package that a file lies in, the innermost of several; null when it lies in none. */
export function packageOfFile(packages: readonly ProjectPackage[], file: string): ProjectPackage | null {
  let found: ProjectPackage | null = null;
  for (const each of packages) {
    if (!file.startsWith(`${each.directory}/`)) continue;
    if (found === null || each.directory.length > found.directory.length) found = each;
  }
  return found;
}
