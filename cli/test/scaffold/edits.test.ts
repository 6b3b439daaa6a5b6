import assert from "node:assert/strict";
import { test } from "node:test";
import { addMember, contractIn } from "../../src/scaffold/edits/contract.ts";
import { addQueue, exportTools } from "../../src/scaffold/edits/definition.ts";
import { addToModule } from "../../src/scaffold/edits/module-file.ts";
import { addRow } from "../../src/scaffold/edits/readme.ts";
import { addRoute } from "../../src/scaffold/edits/routes.ts";
import { addToHost } from "../../src/scaffold/hosts.ts";
import { addImport } from "../../src/scaffold/source/imports.ts";
import { addEntry, addReference } from "../../src/scaffold/source/json.ts";

const byHand = (message: RegExp) => ({ code: "ASHLAR_CLI_EDIT_BY_HAND", message });

test("an import comes into the statement that is there, or in its place among the others", () => {
  const text = 'import { b } from "b";\nimport { d } from "./d.ts";\n';
  const add = (added: Parameters<typeof addImport>[2]) => addImport("x.ts", text, added);
  assert.equal(add({ from: "b", names: ["b"] }), text);
  assert.match(add({ from: "b", names: ["a"] }), /^import \{ a, b \} from "b";\n/);
  assert.match(add({ from: "node:fs", names: ["x"] }), /^import \{ x \} from "node:fs";\nimport \{ b \}/);
  assert.match(
    add({ from: "../up.ts", names: ["x"] }),
    /"b";\nimport \{ x \} from "\.\.\/up\.ts";\nimport \{ d \}/,
  );
  assert.match(
    add({ from: "./d-e.ts", names: ["x"] }),
    /"\.\/d\.ts";\nimport \{ x \} from "\.\/d-e\.ts";\n$/,
  );
  assert.match(add({ from: "./c.ts", default: "c" }), /\nimport c from "\.\/c\.ts";\nimport \{ d \}/);
});

test("a type that is imported is not the value", () => {
  const text = 'import type { Type } from "ashlar/contract";\n';
  assert.equal(
    addImport("x.ts", text, { from: "ashlar/contract", names: ["Type"] }),
    `${text}import { Type } from "ashlar/contract";\n`,
  );
});

test("a handler joins its list, whether that is on one line, on several, empty or not there", () => {
  const wire = (parts: string) =>
    addToModule("module.ts", `export default defineModule(definition, ${parts});\n`, {
      list: "handlers",
      name: "b",
      from: "./b.ts",
    }).split("\n\n")[1];
  assert.equal(wire("{ handlers: [a] }"), "export default defineModule(definition, { handlers: [a, b] });\n");
  assert.equal(wire("{ handlers: [] }"), "export default defineModule(definition, { handlers: [b] });\n");
  assert.equal(
    wire("{\n  handlers: [\n    a, // first\n  ],\n}"),
    "export default defineModule(definition, {\n  handlers: [\n    a, // first\n    b,\n  ],\n});\n",
  );
  assert.equal(wire("{ routes }"), "export default defineModule(definition, { routes, handlers: [b] });\n");
});

test("what does not look as expected is named, with what to add by hand", () => {
  const handler = { list: "handlers", name: "b", from: "./b.ts" } as const;
  assert.throws(
    () => addToModule("src/module.ts", "defineModule(definition, { handlers: all() });", handler),
    byHand(
      /^src\/module\.ts has handlers that are no list written out, so nothing was written\. Import b from/,
    ),
  );
  assert.throws(
    () => addToModule("src/module.ts", "export default make();", handler),
    byHand(/does not call `defineModule`/),
  );
  assert.throws(() => addToModule("src/module.ts", "export default {", handler), byHand(/cannot be read/));
  assert.throws(
    () => contractIn("contract/index.ts", "export const x = make();"),
    byHand(/has no `export const/),
  );
  assert.throws(() => exportTools("src/definition.ts", "export const a = 1;", ["on"]), byHand(/Export on/));
  assert.throws(
    () =>
      addRoute("src/routes.ts", "export const routes = all();", {
        contract: "a",
        auth: "anyone",
        source: "route()",
      }),
    byHand(/has no list/),
  );
});

test("operations stand behind operations, and events behind events", () => {
  const text = `import { contract, event, query } from "ashlar/contract";

export const a = contract("a", {
  first: query({ input, output }),

  /** It was. */
  happened: event({ version: 1, payload }),
});
`;
  const operation = addMember("c.ts", text, { name: "act", kind: "command", source: "act: command({})" });
  assert.match(operation, /output \}\),\n\n {2}act: command\(\{\}\),\n\n {2}\/\*\* It was/);
  assert.match(operation, /^import \{ closed, command, contract, event, query \}/);
  const event = addMember("c.ts", text, {
    name: "ended",
    kind: "event",
    source: "/** Over. */\nended: event({})",
  });
  assert.match(event, /payload \}\),\n {2}\/\*\* Over\. \*\/\n {2}ended: event\(\{\}\),\n\}\);\n$/);
  assert.deepEqual(
    contractIn("c.ts", event).members.map(({ name, kind }) => `${kind} ${name}`),
    ["query first", "event happened", "event ended"],
  );
});

test("a queue is declared once, whether the definition has parts, queues or neither", () => {
  const add = (text: string) => addQueue("definition.ts", text, "mail");
  assert.equal(add("define(a);"), "define(a, { queues: { mail: { concurrency: 5 } } });");
  assert.equal(
    add("define(a, { uses: [b] });"),
    "define(a, { uses: [b], queues: { mail: { concurrency: 5 } } });",
  );
  assert.equal(add("define(a, { queues: { mail: {} } });"), "define(a, { queues: { mail: {} } });");
});

test("a host's list takes the module, under a name that is free there", () => {
  const host = (body: string) =>
    addToHost(
      "host/app.ts",
      `import { createApp } from "ashlar/module";\n${body}`,
      "modules/a/src/module.ts",
      "a",
    );
  assert.match(
    host("export const modules: Module[] = [];\n"),
    /import a from "\.\.\/modules\/a\/src\/module\.ts";\nexport const modules: Module\[\] = \[a\];/,
  );
  assert.match(
    host("const app = createApp({ name, modules: [b] as const });\n"),
    /modules: \[b, a\] as const/,
  );
  assert.match(host("const a = 1;\nexport const modules = [b];\n"), /import aModule from .*\[b, aModule\]/s);
  assert.throws(
    () => host("const a = aModule;\nexport const modules = [b];\n"),
    byHand(/has both a and aModule/),
  );
});

test("JSON keeps its comments and its layout", () => {
  const text =
    '{\n  // why\n  "references": [\n    { "path": "modules/a" },\n    { "path": "host" }\n  ]\n}\n';
  assert.equal(
    addReference("tsconfig.json", text, ["modules/b"], "modules/"),
    '{\n  // why\n  "references": [\n    { "path": "modules/a" },\n    { "path": "modules/b" },\n    { "path": "host" }\n  ]\n}\n',
  );
  assert.equal(
    addEntry("package.json", '{\n  "name": "a"\n}\n', ["dependencies"], "b", '"1"'),
    '{\n  "name": "a",\n  "dependencies": {\n    "b": "1"\n  }\n}\n',
  );
  assert.equal(
    addEntry("package.json", '{ "dependencies": {} }', ["dependencies"], "b", '"1"'),
    '{ "dependencies": { "b": "1" } }',
  );
  const there = '{ "dependencies": { "b": "0" } }';
  assert.equal(addEntry("package.json", there, ["dependencies"], "b", '"1"'), there);
  assert.throws(
    () => addEntry("package.json", "{", ["a"], "b", "1"),
    byHand(/package\.json.* cannot be read/),
  );
});

test("a README's table gets a row in its own columns, and is made in its section where there is none", () => {
  const row = { key: "job", section: "Jobs", cells: { job: "`b`", does: "Works." } } as const;
  assert.equal(
    addRow("# a\n\n| job | owner | does |\n|---|---|---|\n| `a` | me | Waits. |\n\nEnd.\n", row),
    "# a\n\n| job | owner | does |\n|---|---|---|\n| `a` | me | Waits. |\n| `b` |  | Works. |\n\nEnd.\n",
  );
  assert.equal(
    addRow("| job | does |\n| --- | ---- |\n| `a` | x    |\n", row),
    "| job | does   |\n| --- | ------ |\n| `a` | x      |\n| `b` | Works. |\n",
  );
  assert.equal(
    addRow("# a\n\n## Jobs\n\nNone yet.\n\n## Tables\n", row),
    "# a\n\n## Jobs\n\nNone yet.\n\n| job | does   |\n| --- | ------ |\n| `b` | Works. |\n\n## Tables\n",
  );
  assert.match(addRow("# a\n", row), /^# a\n\n## Jobs\n\n\| job \| does {3}\|\n/);
});
