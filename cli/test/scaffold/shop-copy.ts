import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { ashlar, type Ended } from "../cli-scene.ts";

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));

/** What a project of the shop needs: all of the rest is nobody's dependency. */
const COPIED = [
  "biome.json",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "tsconfig.base.json",
  ".gitignore",
  "framework",
  "cli",
  "console",
  "graph",
  "shop",
];

export interface ShopCopy {
  readonly root: string;
  /** Runs the command line in the copy. */
  run(...words: string[]): Promise<Ended>;
  /** Runs a program of node_modules/.bin there, or node itself. */
  tool(name: string, ...words: string[]): Promise<Ended>;
}

/** A copy of the shop beside the framework, whose installed packages are links to those here. Goes with the test file. */
export function shopCopy(): ShopCopy {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "ashlar-scaffold-")));
  after(() => rmSync(root, { recursive: true, force: true }));
  for (const name of COPIED) {
    cpSync(join(REPOSITORY, name), join(root, name), {
      recursive: true,
      preserveTimestamps: true,
      filter: (source) => !/[/\\](?:node_modules|\.types|\.ashlar|dist)$/.test(source),
    });
  }
  // What the compiler knows already it need not find out again; without it the copy is compiled from nothing.
  const types = join(REPOSITORY, ".types");
  if (existsSync(types)) cpSync(types, join(root, ".types"), { recursive: true, preserveTimestamps: true });
  linkPackages(root);
  const start = (program: string, words: readonly string[]) => end(program, words, root);
  return {
    root,
    run: (...words) => ashlar(words, { cwd: root }),
    tool: (name, ...words) =>
      name === "node"
        ? start(process.execPath, words)
        : start(process.execPath, [realpathSync(join(REPOSITORY, "node_modules/.bin", name)), ...words]),
  };
}

/** Links of packages that are not of the workspace lead here; those of the workspace stay within the copy. */
function linkPackages(root: string): void {
  const installed = join(REPOSITORY, "node_modules");
  const link = (name: string) => {
    const place = join(root, "node_modules", name);
    mkdirSync(dirname(place), { recursive: true });
    const real = realpathSync(join(installed, name));
    const isOurs = real.startsWith(REPOSITORY) && !real.startsWith(installed);
    symlinkSync(isOurs ? join(root, real.slice(REPOSITORY.length)) : real, place);
  };
  for (const name of readdirSync(installed)) {
    if (name.startsWith(".") && name !== ".bin") continue;
    if (name.startsWith("@")) for (const each of readdirSync(join(installed, name))) link(`${name}/${each}`);
    else link(name);
  }
}

async function end(program: string, words: readonly string[], cwd: string): Promise<Ended> {
  // A test that finds this thinks that it runs within the runner of this file, and reports to that.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(program, words, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, "close");
  return { code, stdout, stderr };
}
