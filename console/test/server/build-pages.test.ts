import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { BuildLock } from "../../server/pages/build-lock.ts";
import { buildPages } from "../../server/pages/build-pages.ts";

const repository = join(import.meta.dirname, "../../..");
const { signal } = new AbortController();
const quiet = { signal, onBuild: () => {}, onFailure: () => {} };

let root: string;
before(() => {
  mkdirSync(join(repository, ".ashlar"), { recursive: true });
  // Below the repository, where the bundler is found.
  root = mkdtempSync(join(repository, ".ashlar", "console-build-"));
  mkdirSync(join(root, "ui", "src"), { recursive: true });
  writeFileSync(join(root, "package.json"), "{}");
  writeFileSync(
    join(root, "ui", "vite.config.ts"),
    `import { appendFileSync } from "node:fs";
     appendFileSync(${JSON.stringify(join(root, "builds.txt"))}, "built\\n");
     export default { root: import.meta.dirname, base: "/console/", build: { outDir: "dist" } };`,
  );
  writeFileSync(
    join(root, "ui", "index.html"),
    `<!doctype html><script type="module" src="/src/main.ts"></script>`,
  );
  writeFileSync(join(root, "ui", "src", "main.ts"), "document.title = 'one' as string;");
});
after(() => rmSync(root, { recursive: true, force: true }));

const builds = () => readFileSync(join(root, "builds.txt"), "utf8").trim().split("\n").length;

describe("the pages are built", () => {
  test("once, by whichever of several processes comes first", async () => {
    const program = `
      import { buildPages } from ${JSON.stringify(join(repository, "console/server/pages/build-pages.ts"))};
      const { signal } = new AbortController();
      console.log(await buildPages({ root: ${JSON.stringify(root)}, signal, onBuild() {}, onFailure(error) { throw error } }));`;
    const told = await Promise.all(
      [1, 2, 3].map(
        () =>
          new Promise<string>((resolve, reject) => {
            const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
              stdio: ["ignore", "pipe", "inherit"],
            });
            let text = "";
            child.stdout.on("data", (chunk) => {
              text += chunk;
            });
            child.once("error", reject);
            child.once("close", () => resolve(text.trim()));
          }),
      ),
    );
    assert.deepEqual(told, Array(3).fill(join(root, "ui", "dist")));
    assert.equal(builds(), 1);
    assert.ok(existsSync(join(root, "ui", "dist", "index.html")));
    assert.ok(!existsSync(join(root, "ui", ".building")));
  });

  test("not again while their sources stay, and again when one has changed", async () => {
    let began = 0;
    const build = () => buildPages({ ...quiet, root, onBuild: () => began++ });
    await build();
    assert.deepEqual([began, builds()], [0, 1]);
    writeFileSync(join(root, "ui", "src", "main.ts"), "document.title = 'two' as string;");
    await build();
    assert.deepEqual([began, builds()], [1, 2]);
  });

  test("by somebody else when who began it was killed", async () => {
    writeFileSync(join(root, "ui", "src", "main.ts"), "document.title = 'three' as string;");
    mkdirSync(join(root, "ui", ".building"));
    // No process has it: it is above what the kernel gives out.
    writeFileSync(join(root, "ui", ".building", "owner"), "2000000000");
    await buildPages({ ...quiet, root });
    assert.equal(builds(), 3);
  });

  test("never into what is shown: when it fails, the pages of before stay", async () => {
    const shown = readFileSync(join(root, "ui", "dist", "index.html"), "utf8");
    writeFileSync(join(root, "ui", "src", "main.ts"), "import './nothing.ts';");
    const failures: unknown[] = [];
    const pages = await buildPages({ ...quiet, root, onFailure: (error) => failures.push(error) });
    assert.equal(readFileSync(join(pages, "index.html"), "utf8"), shown);
    assert.match((failures[0] as Error).message, /could not be built:.*nothing\.ts/s);
    rmSync(pages, { recursive: true });
    await assert.rejects(buildPages({ ...quiet, root }), { code: "ASHLAR_CONSOLE_PAGES_MISSING" });
  });

  test("only where there is something to build them of", async () => {
    const installed = join(root, "installed");
    mkdirSync(join(installed, "ui", "dist"), { recursive: true });
    await assert.rejects(buildPages({ ...quiet, root: installed }), {
      code: "ASHLAR_CONSOLE_PAGES_MISSING",
      message: /install it again/,
    });
    writeFileSync(join(installed, "ui", "dist", "index.html"), "");
    assert.equal(await buildPages({ ...quiet, root: installed }), join(installed, "ui", "dist"));
  });
});

test("a lock is one process's at a time", () => {
  const directory = join(root, "lock");
  const lock = BuildLock.take(directory);
  assert.ok(lock);
  assert.equal(BuildLock.take(directory), null);
  lock.release();
  const again = BuildLock.take(directory);
  assert.ok(again);
  again.release();
});
