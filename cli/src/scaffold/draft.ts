import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "../project/project.ts";
import type { Change } from "./change.ts";
import { ScaffoldError } from "./scaffold-error.ts";

/** Files of a project as they are going to be. Nothing is written before `applyChanges`. */
export class Draft {
  readonly project: Project;
  readonly #files = new Map<string, { readonly before: string | null; after: string }>();

  constructor(project: Project) {
    this.project = project;
  }

  /** The text of a file as drafted so far; null when there is none. */
  find(file: string): string | null {
    const drafted = this.#files.get(file);
    if (drafted !== undefined) return drafted.after;
    const path = join(this.project.root, file);
    return existsSync(path) ? readFileSync(path, "utf8") : null;
  }

  create(file: string, text: string): void {
    if (this.find(file) !== null) {
      throw new ScaffoldError(
        "ASHLAR_CLI_FILE_CHANGED",
        `${file} is there already. Nothing was written; rename or remove it, or choose another name.`,
      );
    }
    this.#files.set(file, { before: null, after: text });
  }

  /** Each edit is given the text that the one before has left. */
  edit(file: string, change: (text: string, file: string) => string): void {
    const text = this.find(file);
    if (text === null) {
      throw new ScaffoldError(
        "ASHLAR_CLI_EDIT_BY_HAND",
        `There is no ${file}, which something has to be added to, so nothing was written. Make it and call the command again.`,
      );
    }
    const before = this.#files.has(file) ? this.#files.get(file)!.before : text;
    this.#files.set(file, { before, after: change(text, file) });
  }

  changes(): Change[] {
    return [...this.#files]
      .map(([file, { before, after }]) => ({ file, before, after }))
      .filter(({ before, after }) => before !== after);
  }
}
