import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { ashlar, cliScene } from "../cli-scene.ts";

interface Answer {
  readonly findings: readonly {
    readonly check: string;
    readonly severity: string;
    readonly title: string;
    readonly evidence: readonly string[];
    readonly remedy: string | null;
  }[];
}

const scene = await cliScene();
const directory = mkdtempSync(join(tmpdir(), "ashlar-doctor-cli-"));
after(() => rmSync(directory, { recursive: true }));

/** The checks of the app alone: what the test server and this machine are is another matter. */
const OF_THE_APP = "modules,layout,memberships,grants,schemas,walls,migrations,pool-budget";
const LOGIN = { DATABASE_LOGIN_PASSWORD: "ashlar-test" };

function doctor(...words: string[]) {
  return ashlar(["doctor", ...words], { environment: { DATABASE_URL: scene.url, ...LOGIN } });
}

describe("with only a database", () => {
  test("a healthy app is told in one line", async () => {
    const { code, stdout, stderr } = await doctor("--only", OF_THE_APP, "--instances", "1");
    assert.equal(stdout, "8 checks found nothing wrong.\n", stderr);
    assert.equal(code, 0);
  });

  test("--verbose shows what was looked at", async () => {
    const { stdout } = await doctor(
      "--only",
      "modules,pool-budget",
      "--instances",
      "2",
      "--pool",
      "7",
      "--verbose",
    );
    assert.match(
      stdout,
      /^ok {7}App cli_lab has 2 modules {2}modules\n {9}in the database: billing, ordering\n/m,
    );
    assert.match(
      stdout,
      /2 instances × \(1 \+ 0\.25 surge\) = 3 at once\n {9}3 × \(pool 7 \+ jobs 4 \+ console 4\) = 45\n/,
    );
  });

  test("an error is told with evidence and remedy, and the process fails", async () => {
    const { code, stdout } = await doctor(
      "--only",
      "pool-budget,layout",
      "--instances",
      "100",
      "--surge",
      "1",
    );
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^error {4}The server has not enough connections for all instances {2}pool-budget\n {9}100 instances × \(1 \+ 1 surge\) = 200 at once\n/,
    );
    assert.match(stdout, /\n {9}→ Raise max_connections to /);
    assert.match(stdout, /\n\n1 error, 1 check found nothing wrong\.\n$/);
  });

  test("a warning fails only with --strict", async () => {
    const words = ["--only", "time-outs", "--request-timeout", "1000"];
    const { code, stdout } = await doctor(...words);
    assert.deepEqual([code, stdout.split(" ")[0]], [0, "warning"]);
    assert.equal((await doctor(...words, "--strict")).code, 1);
  });

  test("--json has all findings, what is well among them, and no colours", async () => {
    const { code, stdout, stderr } = await doctor("--json");
    const { findings } = JSON.parse(stdout) as Answer;
    assert.equal(code, findings.some(({ severity }) => severity === "error") ? 1 : 0);
    assert.equal(stderr, "");
    assert.ok(findings.length >= 36);
    assert.ok(findings.every(({ check, title, evidence }) => check && title && Array.isArray(evidence)));
  });
});

describe("with only a project", () => {
  test("Node is examined, and the database is said to be missing", async () => {
    const root = join(directory, "young");
    mkdirSync(root);
    writeFileSync(
      join(root, "package.json"),
      JSON.stringify({
        name: "young",
        workspaces: ["modules/*"],
        ashlar: { embedded: { directory: ".ashlar/postgres", database: "young" } },
      }),
    );
    const { code, stdout } = await ashlar(["doctor"], { cwd: root });
    assert.equal(code, 0);
    assert.match(stdout, /The project does not pin its Node {2}node-pinned/);
    assert.match(
      stdout,
      /There is no database to look at {2}database\n {9}→ The project's database in .*does not\s+exist yet\./,
    );
  });
});

describe("with a project and a database", () => {
  const root = join(directory, "grown");
  mkdirSync(join(root, "modules", "billing", "src"), { recursive: true });
  mkdirSync(join(root, "node_modules"));
  symlinkSync(join(import.meta.dirname, "../../../framework"), join(root, "node_modules", "ashlar"), "dir");
  writeFileSync(join(root, "package.json"), JSON.stringify({ name: "grown", workspaces: ["modules/*"] }));
  writeFileSync(join(root, "modules", "billing", "package.json"), JSON.stringify({ name: "@grown/billing" }));

  test("the modules of the code are compared with those of the database", async () => {
    const shop = join(import.meta.dirname, "../../..");
    const { code, stdout } = await doctor("--root", shop, "--only", "modules");
    assert.equal(code, 0);
    assert.match(stdout, /^warning {2}The database lacks modules of the code {2}modules\n/);
    assert.match(stdout, /there is no schema catalog of app cli_lab\n {9}there is no schema identity/);
  });

  test("modules that cannot be loaded are told, and all else is examined", async () => {
    writeFileSync(join(root, "modules", "billing", "src", "module.ts"), "throw new Error('out of order');");
    const { code, stdout } = await doctor("--root", root, "--only", "modules,layout");
    assert.equal(code, 0);
    assert.match(stdout, /^warning {2}The modules of the code cannot be loaded {2}modules\n.*out of order/s);
    assert.match(stdout, /1 warning, 1 check found nothing wrong\.\n$/);
  });
});

describe("a call that means nothing", () => {
  test("names the checks there are", async () => {
    const { code, stderr } = await doctor("--only", "moon");
    assert.equal(code, 2);
    assert.match(stderr, /There is no check moon\. There are: database, node-version, /);
  });

  test("is refused for counts and shares that are none", async () => {
    for (const words of [
      ["--instances", "0"],
      ["--pool", "many"],
      ["--surge", "-1"],
    ]) {
      const { code, stderr } = await doctor(...words);
      assert.equal(code, 2, words.join(" "));
      assert.match(stderr, /is no (count|share)/);
    }
  });
});

test("no password is told, whatever is wrong", async () => {
  const wrong = scene.url.replace(/:[^:@/]+@/, ":not-to-be-told@");
  const { code, stdout, stderr } = await ashlar(["doctor", "--verbose", "--database", wrong], {
    environment: { ...LOGIN, ASHLAR_DEBUG: "1" },
  });
  assert.equal(code, 1);
  assert.match(stdout, /^error {4}The database cannot be reached/);
  assert.doesNotMatch(stdout + stderr, /not-to-be-told|ashlar-test/);
});
