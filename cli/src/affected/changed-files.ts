import { spawn } from "node:child_process";
import { once } from "node:events";

/** Which files a change touches cannot be told. */
export class ChangeError extends Error {
  override readonly name = "ChangeError";
  readonly code: "ASHLAR_CLI_NO_GIT" | "ASHLAR_CLI_UNKNOWN_REVISION";

  constructor(code: ChangeError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

export interface Change {
  /** The commit that the working tree is compared with: where the branch left `since`. */
  readonly base: string;
  /** Relative to the root, with slashes, sorted. A file that was renamed is there under both names. */
  readonly files: readonly string[];
}

/**
 * What has changed in the project since its branch left `since`: committed, staged, unstaged and new files. Not what
 * git ignores, nor what lies outside of the project, nor submodules.
 */
export async function changedFiles(root: string, since: string): Promise<Change> {
  const base = await baseOf(root, since);
  const [changed, created] = await Promise.all([
    git(
      root,
      "diff",
      "--name-only",
      "-z",
      "--no-renames",
      "--relative",
      "--ignore-submodules=all",
      base,
      "--",
    ),
    git(root, "ls-files", "--others", "--exclude-standard", "-z"),
  ]);
  return { base, files: [...new Set([...namesIn(changed.stdout), ...namesIn(created.stdout)])].sort() };
}

/** Every file of the project that git knows or would take in, relative to the root, sorted. Some may be deleted by now. */
export async function projectFiles(root: string): Promise<string[]> {
  const { stdout } = await git(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z");
  return [...new Set(namesIn(stdout))].sort();
}

async function baseOf(root: string, since: string): Promise<string> {
  const inside = await git(root, "rev-parse", "--is-inside-work-tree");
  if (inside.stdout.trim() !== "true") {
    throw new ChangeError(
      "ASHLAR_CLI_NO_GIT",
      `${root} is in no git repository, so there is nothing to compare with: ${firstLine(inside.stderr)}`,
    );
  }
  const isShallow = (await git(root, "rev-parse", "--is-shallow-repository")).stdout.trim() === "true";
  const deepen = isShallow
    ? " This is a shallow clone: fetch the history first (git fetch --unshallow; fetch-depth: 0 in a CI job)."
    : "";
  const found = await git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", `${since}^{commit}`);
  if (found.code !== 0) {
    throw new ChangeError(
      "ASHLAR_CLI_UNKNOWN_REVISION",
      `There is no revision ${since} here.${deepen || " Give a branch, a tag or a commit: --since main."}`,
    );
  }
  const commit = found.stdout.trim();
  const base = await git(root, "merge-base", commit, "HEAD");
  if (base.code !== 0) {
    throw new ChangeError(
      "ASHLAR_CLI_UNKNOWN_REVISION",
      `${since} and the present commit have no common ancestor.${deepen}`,
    );
  }
  return base.stdout.trim();
}

interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function git(cwd: string, ...words: readonly string[]): Promise<Answer> {
  const child = spawn("git", words, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const answer = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      answer[stream] += text;
    });
  }
  try {
    const [code] = (await once(child, "close")) as [number | null];
    return { ...answer, code };
  } catch (cause) {
    throw new ChangeError("ASHLAR_CLI_NO_GIT", `git cannot be run: ${(cause as Error).message}. Install it.`);
  }
}

function namesIn(text: string): string[] {
  return text.split("\0").filter((name) => name !== "");
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
