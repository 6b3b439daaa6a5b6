import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

/** What this process runs on. Plain facts, so that another machine can be examined too. */
export interface Machine {
  /** Without the `v`. */
  readonly nodeVersion: string;
  /** Null without a project. */
  readonly pinned: readonly PinnedNode[] | null;
  readonly cores: number;
  /** Of UV_THREADPOOL_SIZE; null when it is not set. */
  readonly threads: number | null;
  /** Null when there is no npm, as in most images for production. Asked when it is needed, since npm is slow. */
  npmVersion(): Promise<string | null>;
  /** Milliseconds of the epoch. */
  now(): number;
}

/** A place of a project that names a version of Node. */
export interface PinnedNode {
  readonly file: string;
  readonly version: string;
}

const NPM_TIMEOUT_MS = 10_000;

/** Looks at this process, and at the project in `root`, if there is one. */
export function readMachine(root: string | null): Machine {
  const threads = Number.parseInt(process.env.UV_THREADPOOL_SIZE ?? "", 10);
  return {
    nodeVersion: process.versions.node,
    pinned: root === null ? null : readPinnedNode(root),
    cores: availableParallelism(),
    threads: Number.isNaN(threads) ? null : threads,
    npmVersion: readNpmVersion,
    now: Date.now,
  };
}

/** npm says it of itself to what it runs; asking it takes a third of a second. */
async function readNpmVersion(): Promise<string | null> {
  const told = /\bnpm\/(\d+\.\d+\.\d+)/.exec(process.env.npm_config_user_agent ?? "")?.[1];
  if (told !== undefined) return told;
  return await new Promise((resolve) => {
    execFile(
      "npm",
      ["--version"],
      { timeout: NPM_TIMEOUT_MS, shell: process.platform === "win32" },
      (failure, stdout) => resolve(failure === null ? stdout.trim() : null),
    );
  });
}

function readPinnedNode(root: string): PinnedNode[] {
  const pinned: PinnedNode[] = [];
  const manifest = readManifest(join(root, "package.json"));
  for (const kind of ["dependencies", "devDependencies"] as const) {
    const version = manifest[kind]?.node;
    if (version !== undefined) pinned.push({ file: `package.json (${kind})`, version });
  }
  for (const file of [".nvmrc", ".node-version"]) {
    const path = join(root, file);
    if (!existsSync(path)) continue;
    pinned.push({ file, version: readFileSync(path, "utf8").trim().replace(/^v/, "") });
  }
  return pinned;
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function readManifest(path: string): Manifest {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Manifest) : {};
}
