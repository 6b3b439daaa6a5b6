import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { UsageError } from "../../exit-code.ts";
import { RATCHET_FILE, type Ratchet, readRatchet } from "./ratchet.ts";

const run = promisify(execFile);

/**
 * The ratchet as it stood in a revision of git; null when the project had none then, or is not in git. A revision that
 * was asked for must be there: else a check in a shallow clone would compare with nothing and say that all is well.
 */
export async function ratchetOf(root: string, revision: string | undefined): Promise<Ratchet | null> {
  const name = revision ?? "HEAD";
  // A revision that begins with a dash would be an option.
  const isThere =
    !name.startsWith("-") &&
    (await git(root, ["rev-parse", "--verify", "--quiet", `${name}^{commit}`])) !== null;
  if (!isThere) {
    if (revision === undefined) return null;
    throw new UsageError(
      `There is no revision ${revision} in the git repository of ${root}. Fetch it first, or name another with --base.`,
    );
  }
  const text = await git(root, ["show", `${name}:./${RATCHET_FILE}`]);
  return text === null ? null : readRatchet(text, `${RATCHET_FILE} of ${name}`);
}

/** Null when git refuses or is not there. */
async function git(root: string, words: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await run("git", words, { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch {
    return null;
  }
}
