import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import { ashlar } from "../cli-scene.ts";
import { gitIn, makeStore } from "./store.ts";

const store = await makeStore();
afterEach(() => {
  store.reset();
  rmSync(join(store.root, "ran.json"), { force: true });
});

const affected = (words: readonly string[], environment: Record<string, string> = {}) =>
  ashlar(["affected", ...words], { cwd: store.root, environment });
/** What the project's own test script was given; null when it was not run. */
const ran = () => {
  const file = join(store.root, "ran.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
};

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), "ashlar-affected-"));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test("only the tests of what is affected run, and how they end is how the command ends", async () => {
  store.write(
    "modules/identity/src/module.ts",
    `${readFileSync(join(store.root, "modules/identity/src/module.ts"), "utf8")}\n// other`,
  );
  const passed = await affected(["--since", "main"]);
  assert.equal(passed.code, 0, passed.stderr);
  assert.match(passed.stdout, /^1 file changed since main \([0-9a-f]{7}\)\.$/m);
  assert.match(
    passed.stdout,
    /^identity: its source changed: modules\/identity\/src\/module\.ts \(1 test file\)$/m,
  );
  assert.deepEqual(ran(), [
    "hosts/shop/test/main.test.ts",
    "modules/identity/test/identity.test.ts",
    "test/journey.test.ts",
  ]);
  assert.equal((await affected(["--since", "main"], { TEST_EXIT: "7" })).code, 7);
});

test("--list runs nothing", async () => {
  store.write("modules/identity/test/identity.test.ts", "// other");
  const { code, stdout } = await affected(["--since", "main", "--list"]);
  assert.equal(code, 0);
  assert.match(stdout, /^identity: its tests changed/m);
  assert.equal(ran(), null);
});

test("when nothing is affected it says so and runs nothing", async () => {
  const { code, stdout } = await affected(["--since", "main"]);
  assert.equal(code, 0);
  assert.equal(stdout, "Nothing is affected: 0 changed files since main.\n");
  assert.equal(ran(), null);
});

test("when everything is affected the whole suite runs", async () => {
  store.write("tsconfig.json", "{}");
  const { stdout } = await affected(["--since", "main"]);
  assert.match(stdout, /^Everything is affected: tsconfig\.json changed, in no package/m);
  assert.deepEqual(ran(), []);
});

test("--json answers with one document, whatever the tests print", async () => {
  store.write("modules/catalog/test/catalog.test.ts", "// other");
  const { code, stdout } = await affected(["--since", "first", "--json"]);
  assert.equal(code, 0);
  const answer = JSON.parse(stdout);
  assert.deepEqual(answer, {
    since: "first",
    base: store.git("rev-parse", "first").trim(),
    changed: ["modules/catalog/test/catalog.test.ts"],
    everything: null,
    affected: [
      {
        name: "catalog",
        directory: "modules/catalog",
        reasons: ["its tests changed: modules/catalog/test/catalog.test.ts"],
        tests: ["modules/catalog/test/catalog.test.ts"],
      },
    ],
    tests: ["modules/catalog/test/catalog.test.ts"],
  });
  assert.deepEqual(ran(), answer.tests);
});

test("modules that cannot be loaded do not stand in the way", async () => {
  store.write("modules/catalog/contract/index.ts", "export const catalog = (");
  const { code, stdout, stderr } = await affected(["--since", "main", "--list"]);
  assert.equal(code, 0);
  assert.match(
    stderr,
    /The modules cannot be loaded, so what they depend on is taken from their package\.json/,
  );
  assert.match(stdout, /^ordering: depends on catalog, whose contract changed/m);
});

test("an unknown revision is refused by its name, also one that looks like an option", async () => {
  for (const revision of ["mian", "--output=x"]) {
    const { code, stderr } = await affected([`--since=${revision}`]);
    assert.equal(code, 1);
    assert.equal(
      stderr,
      `There is no revision ${revision} here. Give a branch, a tag or a commit: --since main.\n`,
    );
  }
});

test("a project in no git repository is refused", async () => {
  const directory = temporary();
  const { code, stderr } = await ashlar(["affected", "--since", "main", "--json", "--root", store.root], {
    environment: { GIT_DIR: join(directory, "none") },
  });
  assert.equal(code, 1);
  const { error } = JSON.parse(stderr);
  assert.equal(error.code, "ASHLAR_CLI_NO_GIT");
  assert.match(error.message, /is in no git repository, so there is nothing to compare with/);
});

test("a shallow clone without the common ancestor says what to fetch", async () => {
  const origin = temporary();
  gitIn(origin)("clone", "--quiet", store.root, ".");
  const git = gitIn(origin);
  git("checkout", "--quiet", "-b", "topic");
  git("commit", "--quiet", "--allow-empty", "--message=mine");
  git("checkout", "--quiet", "main");
  git("commit", "--quiet", "--allow-empty", "--message=theirs");
  const clone = temporary();
  gitIn(clone)("clone", "--quiet", "--depth=1", "--no-single-branch", pathToFileURL(origin).href, ".");
  for (const [since, message] of [
    [
      "origin/topic",
      /^origin\/topic and the present commit have no common ancestor\. This is a shallow clone: fetch/,
    ],
    ["v1", /^There is no revision v1 here\. This is a shallow clone: fetch the history first/],
  ] as const) {
    const { code, stderr } = await ashlar(["affected", "--since", since, "--root", clone]);
    assert.equal(code, 1);
    assert.match(stderr, message);
  }
});

test("a project without a test script is told to add one", async () => {
  store.write("package.json", JSON.stringify({ name: "store", workspaces: ["modules/*", "hosts/*"] }));
  const { code, stderr } = await affected(["--since", "main"]);
  assert.equal(code, 1);
  assert.match(stderr, /package\.json of store has no script "test"/);
});
