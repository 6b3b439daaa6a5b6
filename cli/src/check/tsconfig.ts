import { dirname, join, relative, resolve, sep } from "node:path";
import { type JsonFile, readJsonFile } from "./json-file.ts";

/** What of a tsconfig.json matters here. */
export interface TsConfig {
  readonly extends?: string | readonly string[];
  readonly compilerOptions?: {
    readonly paths?: Readonly<Record<string, readonly string[]>>;
    readonly baseUrl?: string;
    readonly rootDirs?: readonly string[];
  };
  readonly include?: readonly string[];
  readonly files?: readonly string[];
  readonly references?: readonly { readonly path: string }[];
}

/** The `paths` that hold for a tsconfig, its own or the ones it extends, with absolute targets. */
export interface PathAliases {
  readonly file: JsonFile<TsConfig>;
  readonly targets: Readonly<Record<string, readonly string[]>>;
}

/** Reads each tsconfig once. */
export class TsConfigs {
  readonly #root: string;
  readonly #read = new Map<string, JsonFile<TsConfig> | null>();

  constructor(root: string) {
    this.#root = root;
  }

  /** By its path relative to the root. */
  get(path: string): JsonFile<TsConfig> | null {
    const known = this.#read.get(path);
    if (known !== undefined) return known;
    const file = readJsonFile<TsConfig>(this.#root, path);
    this.#read.set(path, file);
    return file;
  }

  /** Own `paths` replace inherited ones whole. */
  aliasesOf(path: string, depth = 0): PathAliases | null {
    const file = this.get(path);
    // Configurations that extend each other are the compiler's to refuse.
    if (file === null || depth > 16) return null;
    const folder = join(this.#root, dirname(path));
    const { paths, baseUrl } = file.value.compilerOptions ?? {};
    if (paths !== undefined) {
      const base = resolve(folder, baseUrl ?? ".");
      const targets = Object.entries(paths).map(([name, targets]) => [
        name,
        targets.map((each) => resolve(base, each)),
      ]);
      return { file, targets: Object.fromEntries(targets) };
    }
    for (const parent of [file.value.extends ?? []].flat().toReversed()) {
      if (!/^[./]/.test(parent)) continue;
      const named = relative(this.#root, resolve(folder, parent)).split(sep).join("/");
      const found = this.aliasesOf(named.endsWith(".json") ? named : `${named}.json`, depth + 1);
      if (found !== null) return found;
    }
    return null;
  }

  /** The folders of all projects that `tsc -b` in the root compiles, absolute. */
  compiled(): ReadonlySet<string> {
    const found = new Set<string>();
    const visit = (path: string): void => {
      const folder = join(this.#root, dirname(path));
      for (const each of this.get(path)?.value.references ?? []) {
        const target = resolve(folder, each.path);
        const config = target.endsWith(".json") ? target : join(target, "tsconfig.json");
        if (found.has(dirname(config))) continue;
        found.add(dirname(config));
        visit(relative(this.#root, config).split(sep).join("/"));
      }
    };
    visit("tsconfig.json");
    return found;
  }
}

/** What `name` stands for among aliases as of `paths` and of `imports`: the one that fits best, with its star filled. */
export function aliased<Target>(
  name: string,
  aliases: Readonly<Record<string, Target>>,
): { readonly alias: string; readonly target: Target; readonly star: string } | null {
  if (Object.hasOwn(aliases, name)) return { alias: name, target: aliases[name]!, star: "" };
  let best: { alias: string; target: Target; star: string } | null = null;
  for (const [alias, target] of Object.entries(aliases)) {
    const [before, after] = alias.split("*") as [string, string?];
    if (after === undefined || name.length < alias.length - 1) continue;
    if (!name.startsWith(before) || !name.endsWith(after)) continue;
    if (best !== null && best.alias.indexOf("*") >= before.length) continue;
    best = { alias, target, star: name.slice(before.length, name.length - after.length) };
  }
  return best;
}
