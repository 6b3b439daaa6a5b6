import { execFile } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { EmbeddedPostgresError } from "./embedded-errors.ts";

const run = promisify(execFile);

/** The operating system account that the server runs under, since PostgreSQL refuses to run as root. */
export interface Account {
  /** Undefined when it is the account of this process. */
  readonly ids?: { readonly uid: number; readonly gid: number };
  /** Set when a directory on the way is closed to the account and a capability opens it. */
  readonly needsCapabilities: boolean;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Chooses the account: that of this process, or for root the owner of the existing data, `postgres` or
 * `nobody`. Throws DIRECTORY_CLOSED naming the directory which that account cannot pass.
 */
export async function chooseAccount(
  dataDirectory: string,
  pathsToReach: readonly string[],
): Promise<Account> {
  if (process.getuid?.() !== 0) return { needsCapabilities: false };
  const ids = ownerOf(dataDirectory) ?? (await idsOf("postgres")) ?? (await idsOf("nobody"));
  const account = ids ?? { uid: 65534, gid: 65534 };
  const closed = firstClosedDirectory([dataDirectory, ...pathsToReach], account);
  if (closed === undefined) return { ids: account, needsCapabilities: false };

  const capable: Account = { ids: account, needsCapabilities: true };
  const probe = commandAs(capable, "true", []);
  try {
    await run(probe.file, [...probe.args]);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      "ASHLAR_EMBEDDED_POSTGRES_DIRECTORY_CLOSED",
      `PostgreSQL does not run as root, and the account it runs under (uid ${account.uid}) may not enter ` +
        `${closed}. Open that directory (chmod o+x ${closed}), move the project, start the app as a ` +
        "user who is not root, or set DATABASE_URL.",
      { cause },
    );
  }
  return capable;
}

/** The command line and ids that run `file` under the account. */
export function commandAs(account: Account, file: string, args: readonly string[]): Command {
  if (account.ids === undefined) return { file, args };
  if (!account.needsCapabilities) return { file, args, ...account.ids };
  // Ambient capabilities survive exec by a plain user, so the server and its children keep them. Without the
  // secure bit, access(2), by which initdb looks for its programs, would ignore them.
  const capabilities = "+dac_override";
  return {
    file: "setpriv",
    args: [
      "--securebits=+no_setuid_fixup",
      `--reuid=${account.ids.uid}`,
      `--regid=${account.ids.gid}`,
      "--clear-groups",
      `--inh-caps=${capabilities}`,
      `--ambient-caps=${capabilities}`,
      "--",
      file,
      ...args,
    ],
  };
}

function ownerOf(path: string): { uid: number; gid: number } | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined || found.uid === 0 ? undefined : { uid: found.uid, gid: found.gid };
}

async function idsOf(user: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", user]), run("id", ["-g", user])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    // No such account on this machine.
    return undefined;
  }
}

function firstClosedDirectory(
  paths: readonly string[],
  account: { uid: number; gid: number },
): string | undefined {
  for (const path of paths) {
    for (const directory of ancestorsOf(path)) {
      const { uid, gid, mode } = statSync(directory);
      const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
      if (((mode >> shift) & 1) === 0) return directory;
    }
  }
  return undefined;
}

/** The existing directories from the root down to the path itself. */
function ancestorsOf(path: string): string[] {
  const parent = dirname(path);
  const above = parent === path ? [] : ancestorsOf(parent);
  return existsSync(path) ? [...above, path] : above;
}
