import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { BASELINES, type BaselineSource, ContractsError, directorySource } from "./baseline-files.ts";

/** Where branches are begun from, when nobody says. The first that there is counts. */
const MAIN_LINES = ["origin/HEAD", "origin/main", "origin/master", "main", "master"];

/**
 * The baselines that a change is measured against.
 *
 * Given a directory, those in it. Given a revision, those where this branch left it: what was changed there since is
 * nobody's doing here. Given nothing, the main line, or the last commit where there is none; so that baselines that
 * were written anew in the same change cannot hide what it breaks.
 */
export function sourceAgainst(root: string, against: string | undefined): BaselineSource {
  if (against !== undefined) {
    const directory = resolve(root, against);
    if (existsSync(directory) && statSync(directory).isDirectory() && revisionOf(root, against) === null) {
      return directorySource(directory, against);
    }
  }
  if (git(root, ["rev-parse", "--is-inside-work-tree"]) === null) {
    if (against !== undefined) {
      throw new ContractsError(
        `There is no directory ${against}, and ${root} is in no git repository that could know it as a revision.`,
      );
    }
    return directorySource(resolve(root, BASELINES), `${BASELINES}/ as it is written, without git`);
  }
  const line = against ?? MAIN_LINES.find((each) => revisionOf(root, each) !== null) ?? "HEAD";
  if (revisionOf(root, "HEAD") === null) return emptySource("a repository without commits");
  if (revisionOf(root, line) === null) {
    throw new ContractsError(
      `git knows no revision ${line}. Fetch it first (\`git fetch origin\`), or name another with --against.`,
    );
  }
  const base = git(root, ["merge-base", "HEAD", line])?.trim();
  if (base === undefined) {
    throw new ContractsError(
      `This branch has no commit in common with ${line}. A shallow clone is cut off: fetch the whole history (\`git fetch --unshallow\`, or fetch-depth: 0 in CI).`,
    );
  }
  return revisionSource(root, base, base === revisionOf(root, line) ? line : `the merge base with ${line}`);
}

function revisionSource(root: string, revision: string, name: string): BaselineSource {
  const listed = git(root, ["ls-tree", "--name-only", revision, `${BASELINES}/`]) ?? "";
  return {
    name: `${revision.slice(0, 9)} (${name})`,
    files: listed
      .split("\n")
      .filter((file) => file.endsWith(".json"))
      .map((file) => file.slice(file.lastIndexOf("/") + 1)),
    read(file) {
      const text = git(root, ["show", `${revision}:./${BASELINES}/${file}`]);
      if (text === null) throw new Error("git does not show it");
      return text;
    },
  };
}

function emptySource(name: string): BaselineSource {
  return { name, files: [], read: () => "" };
}

/** The id of its commit; null when there is none. */
function revisionOf(root: string, name: string): string | null {
  return (
    git(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`])?.trim() ?? null
  );
}

/** What git answers in `root`; null when it refuses. */
function git(root: string, words: readonly string[]): string | null {
  const answer = spawnSync("git", ["-C", root, ...words], { encoding: "utf8", maxBuffer: 1 << 28 });
  return answer.status === 0 ? answer.stdout : null;
}
