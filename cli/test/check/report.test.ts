import assert from "node:assert/strict";
import { after, test } from "node:test";
import { SmallProject } from "./small-project.ts";

const project = new SmallProject();
after(() => project.dispose());

const FILE = "modules/desk/src/a.ts";
project.write(
  FILE,
  `const name = "x" as string;\nimport "../../shelf/src/secret.ts";\nexport { name };\nawait import(globalThis.name);\n`,
);

test("a report names what, where and what to do instead, file by file, and fails with 1", async () => {
  const { code, stdout, stderr } = await project.run();
  assert.deepEqual([code, stderr], [1, ""]);
  assert.equal(
    stdout.replace(/\d+\.\d s/, "0.0 s"),
    `${FILE}:2:8  internals  @small/desk imports internals of @small/shelf: "../../shelf/src/secret.ts".
    Import "@small/shelf", its contract; what is missing there must be added there.
${FILE}:4:14  note dynamic  what import() takes here is computed, so the check cannot see where it leads.
    The boundary hook refuses it at run time if it crosses a wall. Write it out where you can.

1 violation, 1 note: 2 modules, 8 files, 0.0 s
`,
  );
});

test("the same as JSON, without colours, has every part of a violation", async () => {
  const { code, stdout } = await project.run("--json");
  assert.equal(code, 1);
  const report = JSON.parse(stdout);
  assert.deepEqual(Object.keys(report), ["violations", "counts", "milliseconds"]);
  assert.deepEqual(report.violations[0], {
    severity: "error",
    rule: "internals",
    message: '@small/desk imports internals of @small/shelf: "../../shelf/src/secret.ts".',
    remedy: 'Import "@small/shelf", its contract; what is missing there must be added there.',
    module: "desk",
    file: FILE,
    line: 2,
    column: 8,
  });
  assert.deepEqual(
    { ...report.counts, freshFiles: 0 },
    { errors: 1, notes: 1, adopted: 0, modules: 2, files: 8, freshFiles: 0 },
  );
});
