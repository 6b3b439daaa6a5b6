import { join, posix } from "node:path";
import type { Project, ProjectPackage } from "../project/project.ts";
import { textOf } from "./dependents.ts";
import { isTest, packageOfFile } from "./part.ts";

/** Finds the tests that name a text, or list the folder that it is in: examples in a guide are run by tests. */
export class Readers {
  readonly #project: Project;
  readonly #files: readonly string[];
  #texts: ReadonlyMap<string, string> | undefined;

  constructor(project: Project, files: readonly string[]) {
    this.#project = project;
    this.#files = files;
  }

  of(file: string, owner: ProjectPackage | null): string[] {
    this.#texts ??= new Map(
      this.#files
        .filter((each) => isTest(each) && /\.[cm]?[jt]sx?$/.test(each))
        .map((each) => [each, textOf(join(this.#project.root, each))]),
    );
    const folder = posix.dirname(file);
    const isListed = folder === "." ? null : new RegExp(`${RegExp.escape(folder)}/?["'\`*$]`);
    // Every package has a README: by its bare name only the tests beside it can mean it.
    const mayMean = (test: string) => owner === null || packageOfFile(this.#project.packages, test) === owner;
    return [...this.#texts]
      .filter(
        ([test, text]) =>
          text.includes(file) ||
          (mayMean(test) && text.includes(posix.basename(file))) ||
          isListed?.test(text) === true,
      )
      .map(([test]) => test);
  }
}
