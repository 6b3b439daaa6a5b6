import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../../..");

/** A code block of a guide: `from` quotes a file that tests run, `file` is one that a test makes and runs. */
interface Block {
  readonly at: string;
  readonly from: string | undefined;
  readonly file: string | undefined;
  readonly code: string;
}

const blocks = globSync("docs/guides/*.md", { cwd: root }).flatMap((guide): Block[] => {
  const text = readFileSync(join(root, guide), "utf8");
  return [...text.matchAll(/^( *)```(?:ts|sql|json)\b([^\n]*)\n(.*?)^\1```$/gms)].map((match) => ({
    at: `${guide}:${text.slice(0, match.index).split("\n").length}`,
    from: /\bfrom=(\S+)/.exec(match[2]!)?.[1],
    file: /\bfile=(\S+)/.exec(match[2]!)?.[1],
    code: match[3]!,
  }));
});

test("every code block of the guides is a file that a test runs, or a quotation of one", () => {
  assert.ok(blocks.length > 10, "the guides have code");
  for (const { at, from, file } of blocks) {
    assert.ok((from === undefined) !== (file === undefined), `${at} says neither or both of from= and file=`);
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
