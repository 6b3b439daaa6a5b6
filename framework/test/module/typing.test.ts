import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";

const repository = join(import.meta.dirname, "../../..");
const fixtures = join(import.meta.dirname, "fixtures");
const expectations = readExpectations();

let errors: { line: number; code: string; text: string }[];

before(async () => {
  const output = await compile();
  errors = output.split(/^(?=\S)/m).flatMap((text) => {
    const [, line, code] = /^.*typing\.ts\((\d+),\d+\): error (TS\d+):/.exec(text) ?? [];
    return line === undefined || code === undefined ? [] : [{ line: Number(line), code, text }];
  });
  assert.ok(errors.length > 0, output);
});

for (const { line, code, text, source } of expectations) {
  test(`the compiler refuses \`${source}\` and says why`, () => {
    const found = errors.find((error) => error.line === line);
    assert.equal(found?.code, code, found?.text);
    assert.ok(found?.text.includes(text), found?.text);
  });
}

test("the compiler refuses nothing else in the fixture", () => {
  const unexpected = errors.filter((error) => !expectations.some(({ line }) => line === error.line));
  assert.deepEqual(unexpected, []);
});

/** `// expect CODE: text` speaks of the line below it. */
function readExpectations() {
  const lines = readFileSync(join(fixtures, "typing.ts"), "utf8").split("\n");
  return lines.flatMap((comment, index) => {
    const [, code, text] = /^\s*\/\/ expect (TS\d+): (.*)$/.exec(comment) ?? [];
    if (code === undefined || text === undefined) return [];
    return [{ line: index + 2, code, text, source: lines[index + 1]!.trim() }];
  });
}

function compile(): Promise<string> {
  const tsc = join(repository, "node_modules/typescript/bin/tsc");
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, "-p", fixtures, "--pretty", "false"], (_failed, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}
