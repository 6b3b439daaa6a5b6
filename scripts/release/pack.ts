import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  type EmittedForm,
  lockstepFaults,
  publishedManifest,
  type SourceManifest,
} from "./published-manifest.ts";
import { runTool } from "./run-tool.ts";

/** What `npm create` starts. It carries a copy of the command line's files that it imports. */
const STARTER = "create-ashlar";
/** Folders of the published packages, those that others depend on first. */
const PACKAGES = ["framework", "graph", "console", "cli", STARTER];
/** The one whose code lies in several folders, and that carries pages built of what it does not carry. */
const CONSOLE = "console";

export interface PackedPackage {
  readonly name: string;
  readonly version: string;
  /** The tarball, absolute. */
  readonly file: string;
  readonly bytes: number;
  /** Every path in it. */
  readonly entries: readonly string[];
}

/**
 * Builds the published form of every package and packs it into `out`: JavaScript and declarations made of the
 * sources, since Node strips no types below node_modules. Throws when the packages are not in lockstep.
 */
export async function packAll(root: string, out: string): Promise<PackedPackage[]> {
  const manifests = PACKAGES.map((folder) => readManifest(join(root, folder)));
  const faults = lockstepFaults(manifests);
  if (faults.length > 0) throw new Error(`Not to be released as it is:\n  - ${faults.join("\n  - ")}`);
  mkdirSync(out, { recursive: true });
  // Below the root, so that third-party packages are found; their versions are those of the lock file.
  const stage = join(root, ".ashlar", "release", String(process.pid));
  try {
    const packed: PackedPackage[] = [];
    for (const [index, folder] of PACKAGES.entries()) {
      const manifest = manifests[index]!;
      const directory = await stagePackage(root, stage, folder, manifest);
      packed.push(await pack(root, directory, out));
      // The next are compiled against what was just made, as they will be installed.
      const link = join(stage, "node_modules", manifest.name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(directory, link, "dir");
    }
    return packed;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

function readManifest(directory: string): SourceManifest {
  return JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as SourceManifest;
}

/** Makes the published form of one package below `stage` and answers its directory. */
async function stagePackage(
  root: string,
  stage: string,
  folder: string,
  manifest: SourceManifest,
): Promise<string> {
  const source = join(root, folder);
  const directory = join(stage, folder);
  const sources = folder === CONSOLE ? ["server", "api"] : ["src"];
  for (const each of sources) {
    cpSync(join(source, each), join(directory, each), {
      recursive: true,
      filter: (path) => basename(path) !== "tsconfig.json",
    });
  }
  if (folder === CONSOLE) await addPages(root, directory);
  if (existsSync(join(source, "bin")))
    cpSync(join(source, "bin"), join(directory, "bin"), { recursive: true });
  cpSync(join(root, "LICENSE"), join(directory, "LICENSE"));
  const readme = existsSync(join(source, "README.md")) ? source : root;
  cpSync(join(readme, "README.md"), join(directory, "README.md"));
  const form: EmittedForm =
    folder === STARTER
      ? { from: "src", folder: `dist/${STARTER}/src`, hasTypes: false }
      : folder === CONSOLE
        ? { from: "server", folder: "dist/server", hasTypes: true, files: ["ui", "docs"] }
        : { from: "src", folder: "dist", hasTypes: true };
  writeFileSync(
    join(directory, "package.json"),
    `${JSON.stringify(publishedManifest(manifest, form), null, 2)}\n`,
  );
  await compile(root, stage, folder, sources);
  if (folder === CONSOLE) return directory;
  // Whatever is not code goes along as it is: schemas, templates.
  for (const file of globSync("**/*", { cwd: join(directory, "src"), withFileTypes: true })) {
    if (!file.isFile() || file.name.endsWith(".ts")) continue;
    const path = join(file.parentPath, file.name);
    cpSync(path, path.replace(join(directory, "src"), join(directory, "dist")));
  }
  return directory;
}

/** The pages as a browser gets them, so that nobody who installs the console installs what they are built with. */
async function addPages(root: string, directory: string): Promise<void> {
  const build = join(root, CONSOLE, "server", "pages", "build-command.ts");
  const settings = join(root, CONSOLE, "ui", "vite.config.ts");
  await runTool(process.execPath, [build, settings, join(directory, "ui", "dist")], {
    cwd: join(root, CONSOLE),
    environment: { NODE_ENV: "production" },
  });
  rmSync(join(directory, "ui", "dist", "manifest.json"), { force: true });
  // What fires leads to its runbook, in a project that has none of its own too.
  cpSync(join(root, "docs", "runbooks"), join(directory, "docs", "runbooks"), { recursive: true });
}

/**
 * One compilation without references. `create-ashlar` is compiled together with the files of the command line that
 * it imports, and for the oldest Node that may start it.
 */
async function compile(
  root: string,
  stage: string,
  folder: string,
  sources: readonly string[],
): Promise<void> {
  const isStarter = folder === STARTER;
  const directory = join(stage, folder);
  const configuration = {
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: {
      composite: false,
      emitDeclarationOnly: false,
      declaration: !isStarter,
      rewriteRelativeImportExtensions: true,
      rootDir: isStarter ? stage : folder === CONSOLE ? directory : join(directory, "src"),
      outDir: join(directory, "dist"),
      typeRoots: [join(root, "node_modules", "@types")],
      ...(isStarter ? { target: "es2022" } : {}),
    },
    ...(isStarter ? { files: ["src/index.ts"] } : { include: sources.map((each) => `${each}/**/*.ts`) }),
  };
  const file = join(directory, "tsconfig.json");
  writeFileSync(file, JSON.stringify(configuration, null, 2));
  await runTool(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", file], { cwd: root });
}

async function pack(root: string, directory: string, out: string): Promise<PackedPackage> {
  const answer = await runTool("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", out], {
    cwd: directory,
    // Tarballs are read by people too: npm's own words about its configuration are not for here.
    environment: { npm_config_loglevel: "error" },
  });
  const [packed] = parsePacked(answer);
  if (packed === undefined) throw new Error(`npm packed nothing in ${directory.slice(root.length + 1)}`);
  return {
    name: packed.name,
    version: packed.version,
    file: join(out, packed.filename),
    bytes: packed.size,
    entries: packed.files.map(({ path }) => path).sort(),
  };
}

interface NpmPacked {
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** npm 11 answers with a list, npm 12 with an object by name. */
function parsePacked(answer: string): NpmPacked[] {
  const parsed = JSON.parse(answer) as NpmPacked[] | Record<string, NpmPacked>;
  return Array.isArray(parsed) ? parsed : Object.values(parsed);
}
