import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Account, commandAs } from "./embedded-account.ts";
import type { EmbeddedBinaries } from "./embedded-binaries.ts";
import { EmbeddedPostgresError } from "./embedded-errors.ts";

/** One PostgreSQL cluster on disk: `data` (the server's own) and `password` beside it, mode 0600. */
export interface Cluster {
  readonly dataDirectory: string;
  readonly password: string;
}

export interface ClusterOptions {
  readonly directory: string;
  readonly preparedDirectory?: string | undefined;
  readonly durable: boolean;
  readonly binaries: EmbeddedBinaries;
  readonly account: Account;
}

const initOptions = [
  "--username=postgres",
  "--auth=scram-sha-256",
  "--encoding=UTF8",
  // The builtin provider sorts alike on every machine and cannot change under an index with an upgrade
  // of the system's locale library.
  "--locale=C",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--no-instructions",
];

export function dataDirectoryOf(clusterDirectory: string): string {
  return join(clusterDirectory, "data");
}

/** Returns the cluster in the directory, made if there is none. Safe when several processes do it at once. */
export async function ensureCluster(options: ClusterOptions): Promise<Cluster> {
  const dataDirectory = dataDirectoryOf(options.directory);
  if (!existsSync(options.directory)) {
    await build(options.directory, (target) => fillCluster(target, options));
  }
  const password = await readFile(join(options.directory, "password"), "utf8").catch((cause) => {
    throw new EmbeddedPostgresError(
      "ASHLAR_EMBEDDED_POSTGRES_DIRECTORY_NOT_WRITABLE",
      `The PostgreSQL data in ${options.directory} belongs to someone else or is damaged: ${cause.message}. ` +
        "Run as the user who created it, or remove that directory to start with an empty database.",
      { cause },
    );
  });
  return { dataDirectory, password };
}

async function fillCluster(target: string, options: ClusterOptions): Promise<void> {
  const { preparedDirectory, binaries, account } = options;
  if (preparedDirectory === undefined) return initialise(target, options, options.durable);

  const key = createHash("sha256").update(initOptions.join("\n")).digest("hex").slice(0, 12);
  const owner = account.ids?.uid ?? process.getuid?.() ?? 0;
  const prepared = join(preparedDirectory, `${binaries.version}-${owner}-${key}`);
  if (!existsSync(prepared)) {
    await mkdir(preparedDirectory, { recursive: true });
    await build(prepared, (directory) => initialise(directory, options, false));
  }
  // The system's cp is several times faster than fs.cp, which is no faster than initdb itself. It keeps
  // the owner, and clones blocks where the file system can.
  const flags = process.platform === "darwin" ? "-Rpc" : "-a";
  await runToEnd("cp", [flags, `${prepared}/.`, target]);
  if (options.durable) {
    const sync = commandAs(account, binaries.initdb, ["--sync-only", "-D", dataDirectoryOf(target)]);
    await runToEnd(sync.file, sync.args, sync);
  }
}

async function initialise(target: string, options: ClusterOptions, sync: boolean): Promise<void> {
  const password = randomBytes(24).toString("base64url");
  const passwordFile = join(target, "initial-password");
  await writeFile(passwordFile, password, { mode: 0o600 });
  const { ids } = options.account;
  if (ids !== undefined) await chown(passwordFile, ids.uid, ids.gid);
  const command = commandAs(options.account, options.binaries.initdb, [
    ...initOptions,
    `--pgdata=${dataDirectoryOf(target)}`,
    `--pwfile=${passwordFile}`,
    ...(sync ? [] : ["--no-sync"]),
  ]);
  // initdb must own its data directory, so the account gets the directory around it first.
  if (ids !== undefined) await chown(target, ids.uid, ids.gid);
  await runToEnd(command.file, command.args, command);
  await rm(passwordFile);
  await writeFile(join(target, "password"), password, { mode: 0o600 });
}

/**
 * Fills a directory beside the target and renames it into place: nobody ever sees half a cluster, and
 * of several processes doing it at once one wins and the others drop theirs.
 */
async function build(target: string, fill: (directory: string) => Promise<void>): Promise<void> {
  const prefix = `${basename(target)}.new-`;
  await removeAbandoned(dirname(target), prefix);
  const directory = join(dirname(target), `${prefix}${process.pid}-${randomBytes(4).toString("hex")}`);
  await mkdir(directory, { mode: 0o700 });
  try {
    await fill(directory);
    await rename(directory, target);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
  }
}

async function removeAbandoned(parent: string, prefix: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const pid = Number(name.slice(prefix.length).split("-")[0]);
    if (!isAlive(pid)) await rm(join(parent, name), { recursive: true, force: true });
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The environment of the server's programs: PG* variables of the user must not reach them. */
export function serverEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C", ...extra };
}

function runToEnd(
  file: string,
  args: readonly string[],
  ids: { readonly uid?: number; readonly gid?: number } = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      env: serverEnvironment(),
      // A directory that the account may enter, whatever the current one is.
      cwd: "/",
      stdio: ["ignore", "ignore", "pipe"],
      ...(ids.uid === undefined ? {} : { uid: ids.uid }),
      ...(ids.gid === undefined ? {} : { gid: ids.gid }),
    });
    let complaint = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint = (complaint + text).slice(-4000);
    });
    child.once("error", reject);
    child.once("close", (status, signal) => {
      if (status === 0) return resolve();
      reject(
        new EmbeddedPostgresError(
          "ASHLAR_EMBEDDED_POSTGRES_START_FAILED",
          `${basename(file)} ended with ${signal ?? `status ${status}`} while making the database files: ` +
            (complaint.trim() || "it wrote no message"),
        ),
      );
    });
  });
}
