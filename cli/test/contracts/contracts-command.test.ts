import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gitProject } from "./git-project.ts";

const GUIDE = readFileSync(
  fileURLToPath(new URL("../../../docs/guides/contracts.md", import.meta.url)),
  "utf8",
);

const placed = "orderPlaced: event({ version: 1, payload: closed({ id: Type.String() }) }),";
const changed = "orderPlaced: event({ version: 1, payload: closed({ id: Type.Integer() }) }),";
const paid = "orderPaid: event({ version: 1, payload: closed({ id: Type.String() }) }),";

test("a snapshot in the same change hides no break, and the main line's own changes are nobody's here", async () => {
  const project = gitProject();
  project.promise(placed);
  const first = await project.run("contracts", "snapshot");
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /added {4}contracts\/ordering\.json/);
  project.commit("begin");

  project.git("checkout", "--quiet", "-b", "branch");
  project.git("checkout", "--quiet", "main");
  project.promise(placed, paid);
  await project.run("contracts", "snapshot");
  project.commit("another event, on the main line");

  project.git("checkout", "--quiet", "branch");
  const untouched = await project.run("contracts", "check");
  assert.equal(untouched.code, 0, untouched.stdout);

  project.promise(changed);
  const stale = await project.run("contracts", "check");
  assert.equal(stale.code, 1);
  assert.match(stale.stdout, /contracts\/ordering\.json does not say what the modules promise/);
  const snapshot = await project.run("contracts", "snapshot");
  assert.equal(snapshot.code, 0);
  assert.match(snapshot.stdout, /error {4}payload \/id: the type changed from string to integer/);
  assert.equal((await project.run("contracts", "diff")).code, 0);
  project.commit("break it");

  const broken = await project.run("contracts", "check", "--json");
  assert.equal(broken.code, 1);
  const {
    ok,
    against,
    stale: files,
    changes,
  } = JSON.parse(broken.stdout) as {
    ok: boolean;
    against: string;
    stale: unknown[];
    changes: { key: string; severity: string }[];
  };
  assert.equal(ok, false);
  assert.match(against, /merge base with main/);
  assert.deepEqual(files, []);
  assert.equal(changes[0]!.key, "type-changed: ordering.orderPlaced payload /id");

  const allow = (id: string, expires: string) =>
    project.write(
      "contracts/overrides.json",
      JSON.stringify({ overrides: [{ id, reason: "nobody yet", expires }] }),
    );
  allow(changes[0]!.key, "2999-12-31");
  assert.equal((await project.run("contracts", "check")).code, 0);
  allow(changes[0]!.key, "2020-01-01");
  assert.match((await project.run("contracts", "check")).stdout, /expired on 2020-01-01/);
  allow("type-changed: ordering.orderPlaced payload /other", "2999-12-31");
  assert.match((await project.run("contracts", "check")).stdout, /allows nothing/);
});

test("revisions, directories and files that cannot be used are refused with what to do", async () => {
  const project = gitProject();
  project.promise(placed);
  const without = await project.run("contracts", "diff");
  assert.equal(without.code, 3);
  assert.match(without.stderr, /There are no baselines in contracts\//);
  await project.run("contracts", "snapshot");
  project.commit("begin");
  const unknown = await project.run("contracts", "check", "--against", "origin/main");
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /git knows no revision origin\/main. Fetch it first/);
  project.git("checkout", "--quiet", "--orphan", "other");
  project.commit("no ancestor");
  assert.match(
    (await project.run("contracts", "check", "--against", "main")).stderr,
    /no commit in common with main.*fetch-depth: 0/,
  );
  assert.equal((await project.run("contracts", "diff", "--against", "contracts")).code, 0);
  project.write("contracts/other.json", "{}");
  assert.match((await project.run("contracts", "diff")).stderr, /contracts\/other\.json .* names no module/);
  project.write("contracts/ordering.json", "<<<<<<< ours");
  const conflict = await project.run("contracts", "diff");
  assert.match(conflict.stderr, /contracts\/ordering\.json of contracts\/ cannot be read.*Resolve it/);
});

test("a snapshot that changes nothing writes nothing, however the files are laid out", async () => {
  const project = gitProject();
  project.promise(placed);
  await project.run("contracts", "snapshot");
  const file = join(project.root, "contracts/ordering.json");
  const text = readFileSync(file, "utf8");
  assert.ok(text.endsWith("}\n"));
  project.write("contracts/ordering.json", JSON.stringify(JSON.parse(text)));
  const again = await project.run("contracts", "snapshot");
  assert.match(again.stdout, /say what the modules do/);
  assert.notEqual(readFileSync(file, "utf8"), text);
  // A module that is gone takes its baseline with it.
  project.write("contracts/gone.json", JSON.stringify({ module: "gone" }));
  assert.match((await project.run("contracts", "snapshot")).stdout, /removed {2}contracts\/gone\.json/);
  assert.ok(!existsSync(join(project.root, "contracts/gone.json")));
});

test("every command of the guide runs as it stands there", async () => {
  const project = gitProject();
  const upstream = mkdtempSync(join(tmpdir(), "ashlar-upstream-"));
  after(() => rmSync(upstream, { recursive: true }));
  project.promise(placed);
  project.write("old.yaml", "openapi: 3.1.0\npaths: {}\n");
  project.write("new.yaml", "openapi: 3.1.0\npaths: {}\n");
  project.commit("begin");
  project.git("init", "--quiet", "--bare", upstream);
  project.git("remote", "add", "origin", upstream);
  const commands = [...GUIDE.matchAll(/^```(\w*)[^\n]*\n([\s\S]*?)^```$/gm)]
    .filter(([, language]) => language === "")
    .flatMap(([, , lines]) => lines!.trim().split("\n"));
  assert.equal(commands.length, 7);
  for (const command of commands) {
    const [program, ...words] = command.split(" ");
    if (program === "git") {
      project.git(...words);
      project.commit("baselines");
      project.git("push", "--quiet", "origin", "main");
      continue;
    }
    const { code, stderr } = await project.run(...words.slice(1));
    assert.equal(code, 0, `${command}: ${stderr}`);
  }
  // The override that the guide shows is one that the check takes.
  project.promise(paid);
  await project.run("contracts", "snapshot");
  const [, override] = /^```json[^\n]*\n([\s\S]*?)^```/m.exec(GUIDE)!;
  assert.match((await project.run("contracts", "check")).stdout, /event-removed/);
  const { overrides } = JSON.parse(override!) as { overrides: { id: string }[] };
  assert.equal(overrides[0]!.id, "event-removed: ordering.orderPlaced");
});
