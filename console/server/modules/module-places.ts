import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type CodeOwners, readCodeOwners } from "@ashlar/graph";
import type { AppDescription } from "ashlar/module";
import type { ModuleDocument, ModuleDocumentName } from "../../api/module.ts";

/** A document is for people to read; what is longer is no document. */
const MOST_CHARACTERS = 200_000;

/** Where the modules lie in the project, who owns them, and what is written of them. */
export class ModulePlaces {
  readonly #root: string | null;
  readonly #directories: ReadonlyMap<string, string>;
  readonly #owners: CodeOwners;

  /** `root` is null where the app runs without its sources: then nothing is known. */
  constructor(root: string | null, app: AppDescription) {
    this.#root = root;
    this.#directories = root === null ? new Map() : directoriesOf(root, app);
    this.#owners = root === null ? { file: null, ownersOf: () => [] } : readCodeOwners(root);
  }

  /** Relative to the root. */
  directoryOf(module: string): string | null {
    return this.#directories.get(module) ?? null;
  }

  ownersOf(module: string): readonly string[] {
    const directory = this.#directories.get(module);
    return directory === undefined ? [] : this.#owners.ownersOf(directory);
  }

  documentsOf(module: string): readonly ModuleDocumentName[] {
    return (["readme", "runbook"] as const).filter((document) => this.#pathOf(module, document) !== null);
  }

  /** Null when there is none. */
  read(module: string, document: string): ModuleDocument | null {
    const path = this.#pathOf(module, document);
    if (path === null || this.#root === null) return null;
    return { path, markdown: readFileSync(join(this.#root, path), "utf8").slice(0, MOST_CHARACTERS) };
  }

  #pathOf(module: string, document: string): string | null {
    const directory = this.#directories.get(module);
    const root = this.#root;
    if (directory === undefined || root === null) return null;
    const places =
      document === "readme"
        ? [`${directory}/README.md`]
        : document === "runbook"
          ? [`docs/runbooks/${folderName(module)}.md`, `${directory}/RUNBOOK.md`]
          : [];
    return places.find((place) => existsSync(join(root, place))) ?? null;
  }
}

/** That of its migrations, or one of its name beside another module's. */
function directoriesOf(root: string, { modules }: AppDescription): ReadonlyMap<string, string> {
  const known = modules.flatMap(({ name, migrations }) =>
    migrations === null || migrations.startsWith("..") ? [] : [[name, dirname(migrations)] as const],
  );
  const beside = [...new Set([...known.map(([, directory]) => dirname(directory)), "modules"])];
  const guessed = modules.flatMap(({ name }) => {
    if (known.some(([module]) => module === name)) return [];
    const place = beside
      .map((folder) => `${folder}/${folderName(name)}`)
      .find((path) => existsSync(join(root, path)));
    return place === undefined ? [] : [[name, place] as const];
  });
  return new Map([...known, ...guessed]);
}

/** The folder of a module has hyphens where its name has underscores. */
function folderName(module: string): string {
  return module.replaceAll("_", "-");
}
