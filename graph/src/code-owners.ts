import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ignore, { type Ignore } from "ignore";

/** Who owns what by the CODEOWNERS file of a repository, with the rules that GitHub and GitLab share. */
export interface CodeOwners {
  /** Relative to the root; null without any. */
  readonly file: string | null;
  /** Owners of a directory as a whole: of a file in it that no rule for one kind of file means. */
  ownersOf(directory: string): readonly string[];
}

/** Of several files the first one counts. */
const PLACES = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

export function readCodeOwners(root: string): CodeOwners {
  const file = PLACES.find((place) => existsSync(join(root, place)));
  if (file === undefined) return { file: null, ownersOf: () => [] };
  return { file, ownersOf: codeOwners(readFileSync(join(root, file), "utf8")) };
}

/** The same for the text of a CODEOWNERS file. */
export function codeOwners(text: string): (directory: string) => readonly string[] {
  const rules = text.split(/\r?\n/).flatMap(ruleOf);
  return (directory) => {
    const path = `${directory}/any`;
    // The last rule that matches takes it all, and one without owners leaves nobody.
    return rules.findLast(({ matches }) => matches.ignores(path))?.owners ?? [];
  };
}

interface Rule {
  readonly matches: Ignore;
  readonly owners: readonly string[];
}

function ruleOf(line: string): Rule[] {
  const words = line
    .replace(/(^|\s)#.*$/, "")
    .trim()
    // A blank that belongs to a path is escaped.
    .split(/(?<!\\)\s+/);
  const [pattern, ...owners] = words;
  // Sections are GitLab's, and a negation means nothing in such a file.
  if (!pattern || /^[![^]/.test(pattern)) return [];
  const matches = ignore({ ignorecase: false, allowRelativePaths: true }).add(pattern);
  // Other than in .gitignore, `docs/*` means the files of that folder and not what lies in folders below.
  if (/[^*/]\/\*$/.test(pattern)) matches.add(`!${pattern}/`);
  return [{ matches, owners }];
}
