import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { eventually } from "ashlar/testing";
import { createScene, WAYS, type Way } from "./create-scene.ts";

for (const way of Object.keys(WAYS) as Way[]) {
  describe(way, () => {
    test("makes a project, says what to type next, and asks nothing where nobody can answer", async () => {
      const { work, start } = createScene();
      const { code, stdout, stderr } = await start(way, "my-shop", "--no-install", "--no-git").ended;
      assert.equal(code, 0, stderr);
      assert.match(stdout, /cd my-shop\n {2}npm install\n {2}npm test\n {2}npm start/);
      const made = join(work, "my-shop");
      assert.equal(JSON.parse(readFileSync(join(made, "package.json"), "utf8")).name, "my-shop");
      assert.ok(existsSync(join(made, "modules/notes/src/create-note.ts")));
      assert.ok(!existsSync(join(made, ".git")));
    });

    test("installs the packages in the project, and has it formatted", async () => {
      const { work, start, npm } = createScene();
      npm('pwd >> installed; echo "$@" >> installed');
      const { code } = await start(way, "my-shop", "--no-git").ended;
      assert.equal(code, 0);
      const [directory, install, , format] = readFileSync(join(work, "my-shop/installed"), "utf8").split(
        "\n",
      );
      assert.ok(directory!.endsWith("/work/my-shop"));
      assert.match(install!, /^install /);
      assert.equal(format, "run format");
    });

    test("leaves the project when the packages cannot be installed, and says how to go on", async () => {
      const { work, start, npm } = createScene();
      npm("echo no network; exit 1");
      const { code, stderr } = await start(way, "my-shop", "--no-git").ended;
      assert.equal(code, 1);
      assert.match(stderr, /run `npm install` in it.*no network/s);
      assert.ok(existsSync(join(work, "my-shop/package.json")));
    });

    test("leaves nothing half-made when it is interrupted, not even the folders on the way", async () => {
      const { work, start, npm } = createScene();
      npm("touch begun; exec sleep 600");
      const creation = start(way, "teams/a/my-shop", "--no-git");
      await eventually("npm is at work", () => existsSync(join(work, "teams/a/my-shop/begun")));
      await creation.interrupt();
      assert.equal((await creation.ended).code, 130);
      assert.deepEqual(readdirSync(work), []);
    });

    test("keeps an empty directory that was there when it is interrupted", async () => {
      const { work, start, npm } = createScene();
      mkdirSync(join(work, "my-shop"));
      npm("touch begun; exec sleep 600");
      const creation = start(way, "my-shop", "--no-git");
      await eventually("npm is at work", () => existsSync(join(work, "my-shop/begun")));
      await creation.interrupt();
      assert.deepEqual(readdirSync(join(work, "my-shop")), []);
    });

    test("refuses a directory that is not empty, and touches nothing in it", async () => {
      const { work, start } = createScene();
      mkdirSync(join(work, "my-shop"));
      writeFileSync(join(work, "my-shop/mine.txt"), "mine");
      const { code, stderr } = await start(way, "my-shop", "--no-install").ended;
      assert.equal(code, 1);
      assert.match(stderr, /my-shop is not empty \(mine\.txt\)/);
      assert.deepEqual(readdirSync(join(work, "my-shop")), ["mine.txt"]);
    });

    test("refuses names that cannot be, as a wrong call", async () => {
      const { work, start } = createScene();
      const { code, stderr } = await start(way, "My Shop", "--module", "select", "--no-install").ended;
      assert.equal(code, 2);
      assert.match(stderr, /"My Shop".*called select/s);
      assert.deepEqual(readdirSync(work), []);
    });

    test("shows what it would write, and writes nothing", async () => {
      const { work, start } = createScene();
      const { code, stdout } = await start(way, "my-shop", "--module", "orders", "--dry-run").ended;
      assert.equal(code, 0);
      assert.match(stdout, /^Would write \d+ files to my-shop:/);
      assert.match(stdout, /^ {2}modules\/orders\/contract\/index\.ts$/m);
      assert.deepEqual(readdirSync(work), []);
    });

    test("takes the framework's packages from a directory, and keeps them in the project", async () => {
      const { work, start } = createScene();
      mkdirSync(join(work, "packed"));
      const missing = await start(way, "my-shop", "--packages", "packed", "--no-install").ended;
      assert.equal(missing.code, 1);
      assert.match(missing.stderr, /has no ashlar-\d+\.\d+\.\d+\.tgz/);
      assert.ok(!existsSync(join(work, "my-shop")));

      for (const name of ["ashlar", "ashlar-cli", "ashlar-console", "ashlar-graph"])
        writeFileSync(join(work, `packed/${name}-0.1.0.tgz`), name);
      const { code } = await start(way, "my-shop", "--packages", "packed", "--no-install", "--no-git").ended;
      assert.equal(code, 0);
      const { devDependencies } = JSON.parse(readFileSync(join(work, "my-shop/package.json"), "utf8"));
      assert.equal(devDependencies.ashlar, "file:vendor/ashlar-0.1.0.tgz");
      assert.equal(devDependencies["@ashlar/graph"], "file:vendor/ashlar-graph-0.1.0.tgz");
      assert.equal(readFileSync(join(work, "my-shop/vendor/ashlar-cli-0.1.0.tgz"), "utf8"), "ashlar-cli");
    });

    test("answers a flag that it does not know as a wrong call", async () => {
      const { start } = createScene();
      assert.equal((await start(way, "my-shop", "--nonsense").ended).code, 2);
    });
  });
}

test("the answer as JSON names every file", async () => {
  const { start } = createScene();
  const { stdout } = await start("ashlar new app", "my-shop", "--dry-run", "--json").ended;
  const { files, isInstalled } = JSON.parse(stdout);
  assert.ok(files.includes("package.json"));
  assert.equal(isInstalled, false);
});
