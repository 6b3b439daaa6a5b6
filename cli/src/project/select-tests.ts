import { globSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import type { Project } from "./project.ts";

/**
 * The project's test files, relative to its root and with slashes: all of them, or those that a word names or is a
 * part of. Paths in words are relative to `from`.
 */
export function selectTests(project: Project, words: readonly string[], from = process.cwd()): string[] {
  const suites = ["test", ...project.packages.map(({ directory }) => `${directory}/test`)];
  const all = suites
    .flatMap((suite) => globSync(`${suite}/**/*.test.ts`, { cwd: project.root }))
    .map((file) => file.split(sep).join("/"));
  const files = [...new Set(all)].sort();
  if (words.length === 0) return files;
  const wanted = words.map((word) => ({
    word,
    path: relative(project.root, resolve(from, word)).split(sep).join("/"),
  }));
  return files.filter((file) => wanted.some(({ word, path }) => file === path || file.includes(word)));
}
