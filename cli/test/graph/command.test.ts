import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { ashlar } from "../cli-scene.ts";
import { project } from "./shop-graph.ts";
import { assertWellFormed } from "./well-formed.ts";

const graph = (...words: readonly string[]) => ashlar(["graph", ...words], { cwd: project.root });

function temporary(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "ashlar-graph-"));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test("the shop in a terminal: needs with arrows, callers first, atomic edges with their places", async () => {
  const { code, stdout, stderr } = await graph();
  assert.equal(stderr, "");
  assert.equal(code, 0);
  const lines = stdout.split("\n");
  assert.match(
    lines[0]!,
    /^ashlar-workspace {2}4 modules · 5 calls between them, 4 atomic · 1 view · 2 events/,
  );
  assert.ok(lines.includes("├─ calls ──▶  catalog   reserveStock ◆, releaseStock ◆"));
  assert.ok(lines.includes("├─ reads ··▶  catalog   productListing"));
  assert.ok(
    lines.indexOf("└─ called by  ordering") > lines.findIndex((line) => line.startsWith("ordering ")),
  );
  assert.match(stdout, /\n◆ 4 atomic edges: /);
  assert.match(
    stdout,
    /ordering → catalog\.reserveStock {3}shop\/modules\/ordering\/src\/place-order\.ts:\d+\n/,
  );
  assert.ok(!stdout.includes("\u001b"));
});

test("--json and --format json are the same plain data", async () => {
  const [json, format] = await Promise.all([graph("--json"), graph("--format", "json")]);
  assert.equal(json.stdout, format.stdout);
  const { graph: model } = JSON.parse(json.stdout);
  assert.deepEqual(
    model.modules.map(({ name }: { name: string }) => name),
    ["billing", "catalog", "identity", "ordering"],
  );
});

test("--module narrows to a module and its neighbours", async () => {
  const { stdout } = await graph("--module", "identity", "--format", "mermaid");
  assert.equal(stdout, 'flowchart LR\n  m0["ordering"]\n  m1["identity"]\n  m0 -->|"1 call"| m1\n');
});

test("--out writes the file and says so beside it", async (context) => {
  const file = join(temporary(context), "graph.html");
  const { code, stdout, stderr } = await graph("--format", "html", "--out", file);
  assert.deepEqual([code, stdout, stderr], [0, "", `Wrote ${file}.\n`]);
  assertWellFormed(readFileSync(file, "utf8").trimEnd(), "html");
});

test("--canvas shows one module, as text, Markdown, HTML and JSON", async () => {
  assert.match((await graph("--canvas", "billing")).stdout, /^billing\nWho owes what/);
  assert.match((await graph("--canvas", "billing", "--format", "markdown")).stdout, /^# billing\n\nWho owes/);
  assertWellFormed((await graph("--canvas", "billing", "--format", "html")).stdout.trimEnd(), "html");
  assert.equal(JSON.parse((await graph("--canvas", "billing", "--json")).stdout).canvas.module, "billing");
});

test("a call that means nothing ends with 2 and says what would", async () => {
  const calls: readonly [readonly string[], RegExp][] = [
    [["--format", "png"], /Allowed choices are text, mermaid, svg, html, markdown, json/],
    [
      ["--module", "shipping"],
      /There is no module shipping\. There are billing, catalog, identity, ordering\./,
    ],
    [["--canvas", "shipping"], /There is no module shipping\./],
    [["--format", "markdown"], /The graph cannot be drawn as markdown\. It can as text, mermaid/],
    [["--canvas", "billing", "--format", "svg"], /A canvas cannot be drawn as svg/],
    [["--canvas", "billing", "--module", "billing"], /Leave out --module/],
    [["--observed", "--format", "svg"], /--observed has no form in svg/],
    [["--json", "--format", "svg"], /--json and --format svg are two forms/],
  ];
  for (const [words, message] of calls) {
    const { code, stdout, stderr } = await graph(...words);
    assert.deepEqual([code, stdout], [2, ""], words.join(" "));
    assert.match(stderr, message);
  }
});

test("a file that cannot be written is named", async (context) => {
  const file = join(temporary(context), "none", "graph.svg");
  const { code, stderr } = await graph("--format", "svg", "--out", file);
  assert.equal(code, 1);
  assert.match(stderr, /none\/graph\.svg cannot be written: ENOENT.* Is its folder there\?/);
});

test("outside of a project it says how to name one", async (context) => {
  const { code, stderr } = await ashlar(["graph"], { cwd: temporary(context) });
  assert.equal(code, 1);
  assert.match(stderr, /Which project\?/);
});

/** A project with these files. */
function projectOf(context: TestContext, files: Readonly<Record<string, string>>): string {
  const root = temporary(context);
  for (const [file, text] of Object.entries({
    "package.json": JSON.stringify({ name: "lab", type: "module", workspaces: ["modules/*"] }),
    ...files,
  })) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  // The loader of the walls is one of the project's own packages.
  mkdirSync(join(root, "node_modules"));
  symlinkSync(join(project.root, "framework"), join(root, "node_modules/ashlar"));
  return root;
}

test("a module that cannot be loaded is named, with the reason", async (context) => {
  const root = projectOf(context, {
    "modules/broken/package.json": JSON.stringify({ name: "broken", type: "module" }),
    "modules/broken/src/module.ts": "throw new Error('out of order')",
  });
  const { code, stderr } = await ashlar(["graph"], { cwd: root });
  assert.equal(code, 1);
  assert.match(
    stderr,
    /The modules of lab could not be loaded:\n {2}- modules\/broken\/src\/module\.ts: out of order/,
  );
});

test("a project without modules has an empty graph in every form, and nothing observed", async (context) => {
  const root = projectOf(context, {});
  for (const format of ["text", "mermaid", "svg", "html", "json"]) {
    const { code, stderr } = await ashlar(["graph", "--format", format], { cwd: root });
    assert.deepEqual([code, stderr], [0, ""], format);
  }
  const { stdout } = await ashlar(["graph", "--observed"], { cwd: root });
  assert.match(stdout, /Nothing was observed yet\. Run the tests/);
});
