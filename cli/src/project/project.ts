import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";

/** A project as its manifests show it. Nothing of its code is run or read for this. */
export interface Project {
  /** Absolute, without a slash at the end. */
  readonly root: string;
  readonly name: string;
  readonly manifest: Manifest;
  /** Every package of the workspace, modules among them, by directory. */
  readonly packages: readonly ProjectPackage[];
  readonly modules: readonly ProjectModule[];
}

export interface ProjectPackage {
  readonly name: string;
  /** Relative to the root, with slashes: `shop/modules/ordering`. */
  readonly directory: string;
  readonly manifest: Manifest;
}

/** A package that lies directly in a folder called `modules`: the rule of the boundary hook. */
export interface ProjectModule extends ProjectPackage {
  /** The name of its contract and schema, which its folder has too, with hyphens for underscores. */
  readonly module: string;
}

/** What of a package.json matters here. */
export interface Manifest {
  readonly name?: string;
  readonly workspaces?: readonly string[];
  readonly exports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly ashlar?: Readonly<Record<string, unknown>>;
}

/** The command was not called inside of a project, or the project cannot be read. */
export class ProjectError extends Error {
  override readonly name = "ProjectError";
  readonly code: "ASHLAR_CLI_PROJECT_NOT_FOUND" | "ASHLAR_CLI_PROJECT_UNREADABLE";

  constructor(code: ProjectError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Finds the project: `root` if it is given, else the nearest directory around this one with npm workspaces. */
export function findProject(root: string | undefined, from = process.cwd()): Project {
  if (root !== undefined) {
    const directory = resolve(from, root);
    if (!existsSync(join(directory, "package.json"))) {
      throw new ProjectError(
        "ASHLAR_CLI_PROJECT_NOT_FOUND",
        `There is no project in ${directory}: it has no package.json.`,
      );
    }
    return readProject(directory);
  }
  for (let directory = resolve(from); ; directory = dirname(directory)) {
    const file = join(directory, "package.json");
    if (existsSync(file) && readManifest(file).workspaces !== undefined) return readProject(directory);
    if (directory === dirname(directory)) break;
  }
  throw new ProjectError(
    "ASHLAR_CLI_PROJECT_NOT_FOUND",
    "Which project? Call ashlar inside of one, whose package.json has workspaces, or give --root. `npm create ashlar` makes a new one.",
  );
}

function readProject(root: string): Project {
  const manifest = readManifest(join(root, "package.json"));
  const directories = new Set(
    (manifest.workspaces ?? []).flatMap((pattern) =>
      globSync(pattern, { cwd: root, exclude: ["**/node_modules"] }),
    ),
  );
  const packages = [...directories]
    .map((directory) => directory.split(sep).join("/").replace(/\/$/, ""))
    .filter((directory) =>
      statSync(join(root, directory, "package.json"), { throwIfNoEntry: false })?.isFile(),
    )
    .sort()
    .map((directory): ProjectPackage => {
      const own = readManifest(join(root, directory, "package.json"));
      return { name: own.name ?? basename(directory), directory, manifest: own };
    });
  return {
    root,
    name: manifest.name ?? basename(root),
    manifest,
    packages,
    modules: packages
      .filter(({ directory }) => basename(dirname(directory)) === "modules")
      .map((each) => ({ ...each, module: basename(each.directory).replaceAll("-", "_") })),
  };
}

function readManifest(file: string): Manifest {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Manifest;
  } catch (cause) {
    throw new ProjectError(
      "ASHLAR_CLI_PROJECT_UNREADABLE",
      `${relative(process.cwd(), file) || file} cannot be read: ${(cause as Error).message}.`,
      { cause },
    );
  }
}
