import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, test } from "node:test";
import { SmallProject } from "./small-project.ts";

let project: SmallProject;
beforeEach(() => {
  project = new SmallProject();
  project.write(DIRTY, `import "../../shelf/src/secret.ts";\nimport "../../shelf/src/secret.ts";\n`);
});
afterEach(() => project.dispose());

const DIRTY = "modules/desk/src/dirty.ts";
const RATCHET = "ashlar-ratchet.json";
const TERMS = ["--owner", "desk-team", "--issue", "https://example.org/issues/7", "--expires", "2999-12-31"];
const ENTRY = {
  rule: "internals",
  file: DIRTY,
  count: 2,
  owner: "desk-team",
  issue: "https://example.org/issues/7",
  expires: "2999-12-31",
};

test("what there is can be adopted, once, with who will put it right and until when", async () => {
  const first = await project.run("--adopt", ...TERMS);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /^ashlar-ratchet\.json: 2 violations adopted, until 2999-12-31\./);
  assert.deepEqual(JSON.parse(project.read(RATCHET)), { entries: [ENTRY] });
  const checked = await project.run();
  assert.equal(checked.code, 0);
  assert.match(checked.stdout, /^no new violation, 2 adopted: 2 modules, /);
  const second = await project.run("--adopt", ...TERMS);
  assert.deepEqual([second.code, second.stdout], [2, ""]);
  assert.match(second.stderr, /is there already, and can only shrink/);
});

test("a clean project has nothing to adopt, and gets no file", async () => {
  project.remove(DIRTY);
  const { code, stdout } = await project.run("--adopt", ...TERMS);
  assert.equal(code, 0);
  assert.match(stdout, /nothing to adopt/);
  assert.throws(() => project.read(RATCHET), { code: "ENOENT" });
});

test("what is new beside what was adopted fails, and with one more of a kind all of that kind are shown", async () => {
  await project.run("--adopt", ...TERMS);
  project.write("modules/desk/src/new.ts", `import "../../shelf/src/secret.ts";\n`);
  assert.deepEqual(await project.found(), ["modules/desk/src/new.ts:1:8 internals"]);
  project.remove("modules/desk/src/new.ts");
  project.write(DIRTY, `import "../../shelf/src/secret.ts";\n`.repeat(3));
  assert.deepEqual(
    await project.found(),
    [1, 2, 3].map((line) => `${DIRTY}:${line}:8 internals`),
  );
});

test("an entry that says more than there is fails until it is tightened", async () => {
  project.write(RATCHET, { entries: [ENTRY, { ...ENTRY, rule: "driver" }] });
  project.write(DIRTY, `import "../../shelf/src/secret.ts";\n`);
  const { violations } = await project.report();
  assert.deepEqual(
    violations.map(({ rule, file, line, message }) => [rule, file, line, message]),
    [
      ["ratchet-stale", RATCHET, 5, `the entry for internals in ${DIRTY} allows 2, and there is 1.`],
      ["ratchet-stale", RATCHET, 13, `nothing matches the entry for driver in ${DIRTY} any more.`],
    ],
  );
  const tightened = await project.run("--tighten");
  assert.equal(tightened.stdout, "ashlar-ratchet.json: 1 of 2 removed, 1 left.\n");
  assert.deepEqual(JSON.parse(project.read(RATCHET)), { entries: [{ ...ENTRY, count: 1 }] });
  assert.deepEqual(await project.found(), []);
});

test("when all is put right, tightening removes the file", async () => {
  await project.run("--adopt", ...TERMS);
  project.remove(DIRTY);
  const { stdout } = await project.run("--tighten");
  assert.match(stdout, /Nothing is left to adopt: ashlar-ratchet\.json is removed/);
  assert.throws(() => project.read(RATCHET), { code: "ENOENT" });
  assert.equal((await project.run("--tighten")).code, 2);
});

test("an entry whose last day is over covers nothing and is told with its owner and issue", async () => {
  project.write(RATCHET, { entries: [{ ...ENTRY, expires: "2020-02-29" }] });
  const { violations } = await project.report();
  assert.deepEqual(
    violations.map(({ rule }) => rule),
    ["ratchet-expired", "internals", "internals"],
  );
  assert.match(violations[0]!.message, /expired on 2020-02-29\. It is desk-team's: https:\/\/example\.org/);
});

test("an entry that the revision before did not have, or that grew since, fails", async () => {
  const git = (...words: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...words], {
      cwd: project.root,
    });
  git("init", "--quiet", "--initial-branch=main");
  project.write(RATCHET, { entries: [{ ...ENTRY, count: 1 }] });
  git("add", RATCHET);
  git("commit", "--quiet", "--message=adopted");
  project.write("modules/desk/src/more.ts", `import "../../shelf/src/secret.ts";\n`);
  project.write(RATCHET, { entries: [ENTRY, { ...ENTRY, file: "modules/desk/src/more.ts", count: 1 }] });
  const messages = async (...words: string[]) =>
    (await project.report(...words)).violations.map(({ rule, message }) => `${rule}: ${message}`);
  assert.deepEqual(await messages(), [
    `ratchet-grown: the entry for internals in ${DIRTY} allows 2, and only 1 in the ratchet of HEAD.`,
    "ratchet-grown: the entry for internals in modules/desk/src/more.ts is not in the ratchet of HEAD.",
  ]);
  git("commit", "--quiet", "--all", "--message=grown");
  assert.deepEqual(await messages(), []);
  assert.equal((await messages("--base", "HEAD~1")).length, 2);
  const unknown = await project.run("--base", "origin/nowhere");
  assert.deepEqual([unknown.code, unknown.stdout], [2, ""]);
  assert.match(unknown.stderr, /There is no revision origin\/nowhere/);
});

test("the first ratchet of a repository has nothing to have grown against", async () => {
  execFileSync("git", ["init", "--quiet"], { cwd: project.root });
  await project.run("--adopt", ...TERMS);
  assert.deepEqual(await project.found(), []);
});

for (const [what, content, expected] of [
  ["no JSON", "{ entries: [", /ashlar-ratchet\.json is no JSON/],
  ["no list", "{}", /must be \{ "entries": \[\.\.\.\] \}/],
  [
    "without an owner",
    { entries: [{ ...ENTRY, owner: " " }] },
    /entry 1 \(internals in .*dirty\.ts\): lacks its owner/,
  ],
  ["without an issue", { entries: [{ ...ENTRY, issue: "later" }] }, /lacks its issue: a URL/],
  ["without a day", { entries: [{ ...ENTRY, expires: "2026-02-30" }] }, /lacks the day on which it expires/],
  ["with no count", { entries: [{ ...ENTRY, count: 0 }] }, /needs a count of 1 or more/],
  ["twice", { entries: [ENTRY, ENTRY] }, /entry 2 \(.*\): stands there twice, as entry 1 too/],
] as const) {
  test(`a ratchet ${what} is refused with 2, and says what is wrong`, async () => {
    project.write(RATCHET, content);
    const { code, stdout, stderr } = await project.run();
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, expected);
    const asJson = await project.run("--json");
    assert.equal(JSON.parse(asJson.stderr).error.code, "ASHLAR_CLI_RATCHET_INVALID");
  });
}

for (const [words, expected] of [
  [["--adopt"], /--adopt needs to know who/],
  [["--adopt", ...TERMS, "--tighten"], /Either --adopt or --tighten/],
  [["--owner", "x"], /belong to --adopt/],
  [["--adopt", "--owner", "x", "--issue", "7", "--expires", "2999-01-01"], /--issue "7" is no URL/],
  [
    ["--adopt", "--owner", "x", "--issue", "https://e.org", "--expires", "soon"],
    /--expires "soon" is no day/,
  ],
  [["--adopt", "--owner", "x", "--issue", "https://e.org", "--expires", "2020-01-01"], /2020-01-01 is over/],
] as const) {
  test(`ashlar check ${words.join(" ")} is refused with 2`, async () => {
    const { code, stdout, stderr } = await project.run(...words);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, expected);
  });
}
