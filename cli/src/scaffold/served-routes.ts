import type { Project } from "../project/project.ts";
import { read, sourcesOf } from "./layout.ts";

/**
 * The file that serves this method and path already; null when none is seen to. Routes are read as they are usually written
 * out, which finds a clash before anything is written; the boot finds the others.
 */
export function whoServes(project: Project, method: string, path: string): string | null {
  for (const { directory } of project.modules) {
    for (const file of sourcesOf(project, `${directory}/src`)) {
      for (const [, served, at] of read(project, file).matchAll(ROUTE)) {
        if (served === method && addressOf(at!) === addressOf(path)) return file;
      }
    }
  }
  return null;
}

const ROUTE = /\bmethod: "([A-Z]+)",\s*path: "([^"]+)"/g;
/** Two paths that differ only in a parameter's name are one path to a router. */
const addressOf = (path: string) => path.replaceAll(/\{[^}]*\}/g, "{}");
