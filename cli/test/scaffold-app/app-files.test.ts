import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { appFiles } from "../../src/scaffold/app/app-files.ts";
import { appRequest } from "../../src/scaffold/app/app-request.ts";
import { packagesFrom } from "../../src/scaffold/app/local-packages.ts";
import { PINNED } from "../../src/scaffold/app/pinned-versions.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ashlar-app-files-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What projects are made of that must look well whatever their names: short ones, usual ones, the longest. */
const REQUESTS = [
  { target: "a", module: "b", thing: "c" },
  { target: "my-shop", module: "orders" },
  { target: "my-shop", module: "gift-cards" },
  {
    target: "twenty-characters-ab",
    module: "a-module-of-thirty-characters",
    thing: "characteristic-measurement",
    hasLongNames: true,
  },
];

for (const typed of REQUESTS) {
  describe(`a project ${typed.target} with a module ${typed.module}`, () => {
    const request = appRequest(typed, folder);
    const files = appFiles(request, packagesFrom(undefined, folder).sources);
    const text = (path: string) => {
      const file = files.find((each) => each.path === path);
      assert.ok(file, `${path} is there`);
      return file.text;
    };

    test("has no file twice, and none that points out of it", () => {
      const paths = files.map(({ path }) => path);
      assert.deepEqual([...new Set(paths)], paths);
      for (const path of paths) assert.doesNotMatch(path, /^\/|\.\.|\\/);
    });

    test("says in no file where it was made, and leaves nothing to fill in", () => {
      for (const file of files) {
        assert.ok(!file.text.includes(folder) && !file.text.includes(root), file.path);
        assert.doesNotMatch(file.text, /\bundefined, |\[object|TODO|FIXME|NaN|<[a-z]+-name>/, file.path);
        assert.match(file.text, /[^\n]\n$/, `${file.path} ends with one line break`);
      }
    });

    test("has JSON and YAML that can be read", () => {
      for (const file of files) {
        if (file.path.endsWith(".json")) assert.doesNotThrow(() => JSON.parse(file.text), file.path);
        if (/\.ya?ml$/.test(file.path)) assert.equal(typeof parse(file.text), "object", file.path);
      }
    });

    test("runs nothing in CI or in its image that it does not have", () => {
      const { scripts, workspaces } = JSON.parse(text("package.json"));
      assert.deepEqual(Object.keys(scripts), ["start", "dev", "test", "check", "format"]);
      assert.deepEqual(workspaces, ["modules/*", "host"]);
      const steps: { run?: string }[] = parse(text(".github/workflows/ci.yml")).jobs.test.steps;
      const commands = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
      assert.deepEqual(commands, ["npm ci", "npm run check", "npm test"]);
      const command = JSON.parse(/^CMD (.+)$/m.exec(text("Dockerfile"))![1]!);
      assert.equal(`exec ${command.join(" ")}`, scripts.start);
      assert.ok(text(command.at(-1)).length > 0);
    });

    test("is started by compose with a database that is there first, and with no secret of ours", () => {
      const { services } = parse(text("compose.yaml"));
      assert.equal(services.app.depends_on.database.condition, "service_healthy");
      assert.equal(services.database.healthcheck.test[0], "CMD");
      assert.match(services.app.environment.DATABASE_URL, /:\$\{POSTGRES_PASSWORD:\?/);
      assert.match(services.app.environment.API_TOKEN, /^\$\{API_TOKEN:\?/);
    });

    test("is as its own formatter and linter want it", () => {
      const directory = mkdtempSync(join(folder, "made-"));
      for (const file of files) {
        mkdirSync(dirname(join(directory, file.path)), { recursive: true });
        writeFileSync(join(directory, file.path), file.text);
      }
      // Lines that are long for their names only are broken by `npm run format`, after the packages are installed.
      if ("hasLongNames" in typed) biome(directory, "check", "--write");
      biome(directory, "ci");
    });
  });
}

test("a project pins what this repository is built and tested with", () => {
  const manifest = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));
  const { devDependencies } = manifest("package.json");
  const { version } = manifest("framework/package.json");
  assert.deepEqual(PINNED, {
    ashlar: version,
    "@ashlar/cli": manifest("cli/package.json").version,
    "@ashlar/console": manifest("console/package.json").version,
    "@ashlar/graph": manifest("graph/package.json").version,
    "@biomejs/biome": devDependencies["@biomejs/biome"],
    "@types/node": devDependencies["@types/node"],
    node: devDependencies.node,
    typescript: devDependencies.typescript,
  });
});

test("a project has the compiler's and Biome's settings of this repository", () => {
  const files = appFiles(appRequest(REQUESTS[0]!, folder), packagesFrom(undefined, folder).sources);
  for (const name of ["biome.json", "tsconfig.base.json"]) {
    const made = files.find(({ path }) => path === name);
    assert.deepEqual(JSON.parse(made!.text), JSON.parse(readFileSync(join(root, name), "utf8")));
  }
});

function biome(directory: string, ...words: string[]): void {
  const program = join(root, "node_modules/@biomejs/biome/bin/biome");
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words, "--colors=off", "."], {
    cwd: directory,
    encoding: "utf8",
  });
  assert.equal(status, 0, stdout + stderr);
}
