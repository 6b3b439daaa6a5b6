import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Reading } from "../harness.ts";
import type { Tree } from "./tree.ts";

/** A program that looks for trespasses, or for a part of them, in a tree. */
export interface Tool {
  readonly system: string;
  /** Writes what it needs to be told. */
  configure?(tree: Tree): void;
  /** Its script, and the words after it. `isKept` is whether it may use what it has kept of the run before. */
  words(tree: Tree, isKept: boolean): readonly string[];
}

export const ashlar: Tool = {
  system: "ashlar",
  words: (_tree, isKept) => [
    fileURLToPath(new URL("../../cli/bin/ashlar.js", import.meta.url)),
    "check",
    ...(isKept ? [] : ["--no-cache"]),
  ],
};

/** Cycles and deep imports. */
export const dependencyCruiser: Tool = {
  system: "dependency-cruiser",
  configure: ({ root }) => writeFileSync(join(root, "cruiser.cjs"), CRUISER),
  words: (_tree, isKept) => [
    installed("dependency-cruiser/bin/dependency-cruiser.mjs"),
    "modules",
    "--config",
    "cruiser.cjs",
    ...(isKept ? ["--cache", "node_modules/.cache/cruiser", "--cache-strategy", "content"] : []),
  ],
};

/** Deep imports only; it follows the imports of one file. */
export const sheriff: Tool = {
  system: "sheriff (deep imports)",
  configure: ({ root, folders }) => {
    const imports = folders.map((folder) => `import "./modules/${folder}/src/module.ts";\n`);
    writeFileSync(join(root, "main.ts"), imports.join(""));
    writeFileSync(join(root, "sheriff.config.ts"), SHERIFF);
  },
  words: () => [installed("@softarc/sheriff-core/src/bin/main.js"), "verify", "main.ts"],
};

/** Cycles only. */
export const madge: Tool = {
  system: "madge (cycles)",
  words: () => [installed("madge/bin/cli.js"), "--circular", "--extensions", "ts", "--no-spinner", "modules"],
};

export const peers: readonly Tool[] = [dependencyCruiser, sheriff, madge];

export function isInstalled(tool: Tool): boolean {
  return existsSync(tool.words({ root: "", files: 0, edited: "", folders: [] }, false)[0]!);
}

/** Runs a tool on the tree, which it must find in order, and says what the whole process has cost. */
export async function runTool(tool: Tool, tree: Tree, isKept: boolean): Promise<Reading> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["--import", PEAK, ...tool.words(tree, isKept)], {
    cwd: tree.root,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  const [[code], said, complained, measured] = await Promise.all([
    once(child, "close"),
    text(child.stdout!),
    text(child.stderr!),
    text(child.stdio[3] as NodeJS.ReadableStream),
  ]);
  const seconds = (performance.now() - startedAt) / 1000;
  if (code !== 0) {
    throw new Error(`${tool.system} ended with ${code}:\n${`${said}${complained}`.slice(-2_000)}`);
  }
  const { peakMB, cpuSeconds } = JSON.parse(measured) as { peakMB: number; cpuSeconds: number };
  return { s: seconds, "CPU s": cpuSeconds, "peak MB": peakMB };
}

const PEAK = new URL("./peak.js", import.meta.url).href;

function installed(path: string): string {
  return fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url));
}

const CRUISER = `module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-internals",
      severity: "error",
      from: { path: "^modules/([^/]+)/" },
      to: { path: "^modules/[^/]+/(src|test)/", pathNot: "^modules/$1/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^framework/|[.][.]/" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
`;

// The entry is a host, and hosts compose modules.
const SHERIFF = String.raw`export const config = {
  enableBarrelLess: true,
  modules: { "modules/<name>": "module" },
  depRules: { root: "*", "*": "*" },
  encapsulationPattern: /^src\/(?!module\.ts$)/,
};
`;
