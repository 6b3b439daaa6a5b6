import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { StaticFile } from "./static-file.ts";

/** What the bundler wrote, all of it in memory: nothing that a request names is ever looked for on the disk. */
export class BuiltPages {
  readonly index: StaticFile;
  readonly #files: ReadonlyMap<string, StaticFile>;

  private constructor(index: StaticFile, files: ReadonlyMap<string, StaticFile>) {
    this.index = index;
    this.#files = files;
  }

  /** Throws when the directory holds no pages. */
  static async read(directory: string): Promise<BuiltPages> {
    const files = new Map<string, StaticFile>();
    for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || entry.name.startsWith(".") || NOT_SERVED.has(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      const name = relative(directory, path).split(sep).join("/");
      files.set(name, new StaticFile(name, await readFile(path)));
    }
    const index = files.get("index.html");
    if (index === undefined) throw new Error(`There is no index.html in ${directory}.`);
    files.delete("index.html");
    return new BuiltPages(index, files);
  }

  /** By its path below the directory: `assets/main-B7a3.js`. */
  find(name: string): StaticFile | undefined {
    return this.#files.get(name);
  }
}

/** What the bundler tells about its own work. */
const NOT_SERVED = new Set(["manifest.json"]);
