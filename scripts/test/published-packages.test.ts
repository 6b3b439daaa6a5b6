// The packages as they are published: what is in them, that plain Node loads them, and that they name all they need.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";
import { type PackedPackage, packAll } from "../release/pack.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "ashlar-published-"));
after(() => rmSync(home, { recursive: true, force: true }));

let packages: readonly PackedPackage[] = [];
before(async () => {
  packages = await packAll(root, join(home, "packages"));
  install();
});

/** Puts the unpacked packages beside this repository's third-party ones, into a folder that knows nothing of it. */
function install(): void {
  const modules = join(home, "node_modules");
  const own = new Set(packages.map(({ name }) => name));
  for (const entry of readdirSync(join(root, "node_modules"))) {
    if (entry.startsWith(".") || entry === "@ashlar" || entry === "@shop" || own.has(entry)) continue;
    mkdirSync(modules, { recursive: true });
    symlinkSync(join(root, "node_modules", entry), join(modules, entry), "dir");
  }
  for (const { name, file } of packages) {
    mkdirSync(join(modules, name), { recursive: true });
    const { status, stderr } = spawnSync("tar", [
      "xzf",
      file,
      "--strip-components=1",
      "-C",
      join(modules, name),
    ]);
    assert.equal(status, 0, String(stderr));
  }
}

function manifestOf(name: string) {
  return JSON.parse(readFileSync(join(home, "node_modules", name, "package.json"), "utf8"));
}

/** What a browser gets, and the runbooks that it shows. */
const PAGES =
  /^(?:ui\/dist\/(?:index\.html|icon\.svg|assets\/[A-Za-z0-9_-]+\.(?:js|css))|docs\/runbooks\/[a-z-]+\.md)$/;

describe("the published packages", () => {
  test("hold what was made of the sources, and neither sources, tests nor settings", () => {
    assert.deepEqual(
      packages.map(({ name }) => name),
      ["ashlar", "@ashlar/graph", "@ashlar/console", "@ashlar/cli", "create-ashlar"],
    );
    for (const { name, entries } of packages) {
      const strange = entries.filter(
        (path) =>
          !/^(?:LICENSE|README\.md|package\.json|bin\/[a-z-]+\.js)$/.test(path) &&
          !/^dist\/(?:[a-z0-9-]+\/)*[a-z0-9-]+(?:\.d\.ts|\.js|\.css|\.svg|\.html)$/.test(path) &&
          !(name === "@ashlar/console" && PAGES.test(path)),
      );
      assert.deepEqual(strange, [], name);
      assert.ok(!entries.some((path) => /(?:^|\/)test\//.test(path)), name);
    }
  });

  test("are loaded by plain Node, at every place that they open", () => {
    for (const { name } of packages) {
      const subpaths = Object.keys(manifestOf(name).exports).map((key) => name + key.slice(1));
      const program = `for (const each of ${JSON.stringify(subpaths)}) await import(each);`;
      const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
        cwd: home,
        encoding: "utf8",
      });
      assert.equal(status, 0, `${subpaths.join(", ")}\n${stderr}`);
    }
  });

  test("import nothing when they start but what they depend on, and no TypeScript", () => {
    for (const { name } of packages) {
      const { dependencies = {}, optionalDependencies = {} } = manifestOf(name);
      const declared = new Set([name, ...Object.keys({ ...dependencies, ...optionalDependencies })]);
      const directory = join(home, "node_modules", name);
      for (const file of globSync("{bin,dist}/**/*.js", { cwd: directory })) {
        const { staticImports, staticExports } = parseSync(
          file,
          readFileSync(join(directory, file), "utf8"),
        ).module;
        const specifiers = [
          ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
          ...staticExports.flatMap(({ entries }) =>
            entries.flatMap(({ moduleRequest }) => (moduleRequest === null ? [] : [moduleRequest.value])),
          ),
        ];
        for (const specifier of specifiers) {
          const place = `${name}/${file} imports ${specifier}`;
          assert.doesNotMatch(specifier, /\.ts$/, place);
          if (specifier.startsWith(".") || isBuiltin(specifier)) continue;
          const [packageName] = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)!;
          assert.ok(declared.has(packageName), place);
        }
      }
    }
  });

  test("make a project on the oldest Node that this machine has", (t) => {
    const node = oldestNode();
    if (node === null) return t.skip("this machine has no Node before 24");
    const program = join(home, "node_modules/create-ashlar/bin/create-ashlar.js");
    const { status, stdout, stderr } = spawnSync(node, [program, "my-shop", "--no-install", "--no-git"], {
      cwd: home,
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Made my-shop: \d+ files\./);
  });
});

function oldestNode(): string | null {
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    if (directory.includes("node_modules")) continue;
    const node = join(directory, "node");
    const { status, stdout } = spawnSync(node, ["--print", "process.versions.node"], { encoding: "utf8" });
    if (status === 0 && Number(stdout.split(".")[0]) < 24) return node;
  }
  return null;
}
