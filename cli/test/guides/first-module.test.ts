import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { TEST_SERVER_VARIABLE, testServerUrl } from "ashlar/testing";
import { ashlar, type Ended } from "../cli-scene.ts";
import { edited, stepsOf } from "./guide.ts";

const INSTALLED = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const folder = realpathSync(mkdtempSync(join(tmpdir(), "ashlar-guide-")));
after(() => rmSync(folder, { recursive: true, force: true }));
const root = join(folder, "my-shop");

/** The words of a command line, with those in double quotes together. */
const words = (line: string) =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);

async function run(line: string): Promise<Ended> {
  if (line.startsWith("npm create ashlar ")) {
    const given = words(line.replace("npm create ashlar ", "").replace(" -- ", " "));
    const made = await ashlar(["new", "app", ...given, "--yes", "--no-install", "--no-git"], { cwd: folder });
    installPackages();
    return made;
  }
  assert.match(line, /^npx ashlar /);
  return ashlar(words(line).slice(2), { cwd: root });
}

/** What `npm install` would do, without asking a registry. */
function installPackages(): void {
  const modules = join(root, "node_modules");
  mkdirSync(join(modules, "@my-shop"), { recursive: true });
  for (const name of readdirSync(INSTALLED)) {
    if (!name.startsWith(".") || name === ".bin") symlinkSync(join(INSTALLED, name), join(modules, name));
  }
  symlinkSync(join(root, "modules/orders"), join(modules, "@my-shop/orders"));
}

test("the guide to the first module can be followed from its first to its last step", async () => {
  let last: Ended | undefined;
  for (const { kind, path, text } of stepsOf("first-module.md")) {
    const file = join(root, path);
    if (kind === "command" || kind === "failing command") {
      for (const line of text.trim().split("\n")) {
        last = await run(line);
        assert.equal(last.code, kind === "command" ? 0 : 1, `${line}\n${last.stdout}${last.stderr}`);
      }
    } else if (kind === "output") {
      // The last line of a check ends with the time that it took.
      assert.ok(last?.stdout.includes(text.trimEnd()), `printed instead:\n${last?.stdout}`);
    } else if (kind === "made") {
      assert.ok(readFileSync(file, "utf8").includes(text), `${path} is not as the guide shows it`);
    } else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, kind === "edit" ? edited(readFileSync(file, "utf8"), text) : text);
    }
    // The guide tells to remove it.
    if (kind === "output") rmSync(join(root, "modules/shipping/src/peek.ts"), { force: true });
  }
  const check = await ashlar(["check"], { cwd: root });
  assert.equal(check.code, 0, check.stdout);
  const tested = await ashlar(["test"], {
    cwd: root,
    environment: { [TEST_SERVER_VARIABLE]: await testServerUrl() },
  });
  assert.equal(tested.code, 0, tested.stdout);
  assert.match(tested.stdout, /an order has its new name from then on/);
  assert.match(tested.stdout, / passed, 0 failed/);
});
