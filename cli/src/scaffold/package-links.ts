import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Project } from "../project/project.ts";

/**
 * Links a package of the workspace in node_modules as `npm install` does. False when there is no node_modules yet, or
 * it cannot be written: then an install has to come.
 */
export function linkPackage({ root }: Project, name: string, directory: string): boolean {
  if (!existsSync(join(root, "node_modules"))) return false;
  const link = join(root, "node_modules", name);
  if (existsSync(link)) return true;
  try {
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(link), join(root, directory)), link, "junction");
    return true;
  } catch {
    // The module is written; npm can try, and says what is in its way.
    return false;
  }
}
