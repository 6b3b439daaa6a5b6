import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ScaffoldError } from "./scaffold-error.ts";

/** What becomes of one file. */
export interface Change {
  /** Relative to the project's root, with slashes. */
  readonly file: string;
  /** What stands there now; null for a file that must not be there yet. */
  readonly before: string | null;
  readonly after: string;
}

/**
 * Writes all changes or none. Refuses when a file is no longer what a change was made for; when one cannot be written, the
 * others are put back.
 */
export function applyChanges(root: string, changes: readonly Change[]): void {
  for (const change of changes) checkUnchanged(root, change);
  const madeDirectories: string[] = [];
  const staged: Staged[] = [];
  const replaced: Staged[] = [];
  try {
    for (const change of changes) {
      const path = join(root, change.file);
      madeDirectories.push(...makeDirectory(dirname(path)));
      const temporary = `${path}.ashlar-${process.pid}`;
      staged.push({ change, path, temporary });
      const mode = change.before === null ? 0o666 : statSync(path).mode;
      writeFileSync(temporary, change.after, { flag: "wx", mode });
    }
    for (const each of staged) {
      // Again, since an editor may have saved meanwhile.
      checkUnchanged(root, each.change);
      renameSync(each.temporary, each.path);
      replaced.push(each);
    }
  } catch (cause) {
    const stuck = takeBack(staged, replaced, madeDirectories);
    if (cause instanceof ScaffoldError && stuck.length === 0) throw cause;
    const outcome =
      stuck.length === 0
        ? "Nothing was written"
        : `Not all was written, and ${stuck.join(", ")} could not be put back`;
    throw new ScaffoldError("ASHLAR_CLI_NOT_WRITTEN", `${outcome}: ${(cause as Error).message}.`, { cause });
  }
}

/** The files that could not be put back as they were. */
function takeBack(
  staged: readonly Staged[],
  replaced: readonly Staged[],
  madeDirectories: readonly string[],
): string[] {
  const stuck = replaced.filter(
    ({ change: { before }, path }) =>
      !succeeds(() => (before === null ? rmSync(path, { force: true }) : writeFileSync(path, before))),
  );
  // What stays of these holds nothing of anybody.
  for (const { temporary } of staged) succeeds(() => rmSync(temporary, { force: true }));
  for (const directory of madeDirectories.toReversed()) succeeds(() => rmdirSync(directory));
  return stuck.map(({ change }) => change.file);
}

function succeeds(step: () => void): boolean {
  try {
    step();
    return true;
  } catch {
    return false;
  }
}

interface Staged {
  readonly change: Change;
  readonly path: string;
  readonly temporary: string;
}

function checkUnchanged(root: string, { file, before }: Change): void {
  const path = join(root, file);
  const now = existsSync(path) ? readFileSync(path, "utf8") : null;
  if (now === before) return;
  throw new ScaffoldError(
    "ASHLAR_CLI_FILE_CHANGED",
    before === null
      ? `${file} is there already. Nothing was written; rename or remove it, or choose another name.`
      : `${file} was changed meanwhile. Nothing was written; call the command again.`,
  );
}

/** The directories that had to be made, outermost first. */
function makeDirectory(directory: string): string[] {
  const missing: string[] = [];
  for (let each = directory; !existsSync(each); each = dirname(each)) missing.unshift(each);
  for (const each of missing) mkdirSync(each);
  return missing;
}
