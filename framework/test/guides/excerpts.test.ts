import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../../..");

/**
 * A code block of a guide: `from` quotes a file that tests run; `file`, `edit` and `made` belong to a test of that guide,
 * which writes the file, changes it or finds it made.
 */
interface Block {
  readonly at: string;
  readonly from: string | undefined;
  readonly others: number;
  readonly code: string;
}

const blocks = globSync("docs/guides/*.md", { cwd: root }).flatMap((guide): Block[] => {
  const text = readFileSync(join(root, guide), "utf8");
  return [...text.matchAll(/^( *)```(?:ts|sql|json)\b([^\n]*)\n(.*?)^\1```$/gms)].map((match) => ({
    at: `${guide}:${text.slice(0, match.index).split("\n").length}`,
    from: /\bfrom=(\S+)/.exec(match[2]!)?.[1],
    others: match[2]!.match(/\b(?:file|edit|made)=\S/g)?.length ?? 0,
    code: match[3]!,
  }));
});

test("every code block of the guides is a file that a test runs, or a quotation of one", () => {
  assert.ok(blocks.length > 10, "the guides have code");
  for (const { at, from, others } of blocks) {
    assert.equal(
      others + (from === undefined ? 0 : 1),
      1,
      `${at} must say one of from=, file=, edit= and made=`,
    );
  }
});

test("quotations are exact", () => {
  for (const { at, from, code } of blocks) {
    if (from === undefined) continue;
    assert.ok(existsSync(join(root, from)), `${at} quotes ${from}, which does not exist`);
    const quoted = code.replace(/^\/\/ (?:\S*\.ts|contract\/index\.ts of \w+|where it happens)\n/, "");
    const isThere = dedent(readFileSync(join(root, from), "utf8"), quoted);
    assert.ok(isThere, `${at} is not in ${from} as it is quoted:\n${quoted}`);
  }
});

/** Whether the lines stand in the file one after the other, all of them indented by the same. */
function dedent(source: string, quoted: string): boolean {
  const lines = source.split("\n");
  const wanted = quoted.trimEnd().split("\n");
  return lines.some((line, start) => {
    const indent = /^ */.exec(line)![0];
    return wanted.every((each, index) => {
      const found = lines[start + index];
      return found !== undefined && (each === "" ? found === "" : found === indent + each || found === each);
    });
  });
}
