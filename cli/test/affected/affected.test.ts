import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { type Affected, affectedBy } from "../../src/affected/affected.ts";
import { makeStore } from "./store.ts";

const store = await makeStore();
afterEach(() => store.reset());

const reasonsIn = ({ packages }: Affected) =>
  Object.fromEntries(packages.map(({ name, reasons }) => [name, reasons]));
const namesIn = ({ packages }: Affected) => packages.map(({ name }) => name);
const ITSELF = "the project itself";

test("nothing is affected when nothing has changed", async () => {
  assert.deepEqual(await store.affected(), { everything: null, packages: [] });
});

test("a module's contract reaches those who use it, read its views and take in its events, and hosts", async () => {
  store.write("modules/catalog/contract/index.ts", "// other");
  assert.deepEqual(reasonsIn(await store.affected()), {
    "@store/shop": ["is made of catalog, whose contract changed", "is made of ordering, which is affected"],
    catalog: ["its contract changed: modules/catalog/contract/index.ts"],
    ordering: [
      "uses catalog, whose contract changed",
      "subscribes to catalog.restocked of catalog, whose contract changed",
      "reads catalog.listing of catalog, whose contract changed",
    ],
    [ITSELF]: ["its tests take all packages together"],
  });
});

test("a publisher's contract reaches its subscribers, against the direction of calls", async () => {
  store.write("modules/ordering/contract/index.ts", "// other");
  const { billing, catalog } = reasonsIn(await store.affected());
  assert.deepEqual(billing, ["subscribes to ordering.placed of ordering, whose contract changed"]);
  assert.equal(catalog, undefined);
});

test("the inside of a module reaches no other module, but the hosts that run it", async () => {
  store.write("modules/catalog/src/module.ts", "// other");
  assert.deepEqual(reasonsIn(await store.affected()), {
    "@store/shop": ["is made of catalog, whose source changed"],
    catalog: ["its source changed: modules/catalog/src/module.ts"],
    [ITSELF]: ["its tests take all packages together"],
  });
});

test("migrations reach those who read the module's views, and nobody who does not", async () => {
  store.write("modules/catalog/migrations/0002_more.sql", "select 2;");
  assert.deepEqual(reasonsIn(await store.affected()).ordering, [
    "reads catalog.listing of catalog, whose migrations changed",
  ]);
  store.reset();
  store.write("modules/ordering/migrations/0002_more.sql", "select 2;");
  assert.deepEqual(namesIn(await store.affected()), ["@store/shop", "ordering", ITSELF]);
});

test("tests touch their own package alone", async () => {
  store.write("modules/catalog/test/catalog.test.ts", "// other");
  store.write("modules/catalog/test/scene.ts", "// new");
  store.write("test/journey.test.ts", "// other");
  assert.deepEqual(reasonsIn(await store.affected()), {
    catalog: ["its tests changed: modules/catalog/test/catalog.test.ts and 1 other"],
    [ITSELF]: ["its tests changed: test/journey.test.ts"],
  });
});

test("words touch nothing, except where a test reads them", async () => {
  store.write("docs/guides/selling.md", "# Selling more\n");
  store.write("modules/billing/README.md", "# Billing more\n");
  assert.deepEqual(namesIn(await store.affected()), []);
  for (const reading of [
    `read("docs/guides/selling.md")`,
    `read(join(docs, "selling.md"))`,
    `globSync("docs/guides/*.md")`,
  ]) {
    store.git("reset", "--quiet", "--hard", "first");
    store.write("hosts/shop/test/main.test.ts", reading);
    store.git("commit", "--quiet", "--all", "--message=reads");
    store.write("docs/guides/selling.md", "# Selling more\n");
    assert.deepEqual(
      reasonsIn(await store.affected("HEAD")),
      { "@store/shop": ["hosts/shop/test/main.test.ts reads docs/guides/selling.md"] },
      reading,
    );
  }
});

test("a package that is no module reaches all who depend on it, and those who depend on them", async () => {
  store.write("hosts/base/package.json", JSON.stringify({ name: "@store/base" }));
  store.write(
    "hosts/admin/package.json",
    JSON.stringify({ name: "@store/admin", devDependencies: { "@store/shop": "*" } }),
  );
  store.write(
    "modules/identity/package.json",
    JSON.stringify({ name: "@store/identity", dependencies: { "@store/base": "*" } }),
  );
  store.git("add", ".");
  store.git("commit", "--quiet", "--message=base");
  store.write("hosts/base/main.ts", "// other");
  assert.deepEqual(reasonsIn(await store.affected("HEAD")), {
    "@store/admin": ["depends on @store/shop, which is affected"],
    "@store/base": ["its source changed: hosts/base/main.ts"],
    "@store/shop": ["is made of identity, which is affected"],
    identity: ["depends on @store/base, whose source changed"],
    [ITSELF]: ["its tests take all packages together"],
  });
});

test("a file in no package reaches everything, and says which it is", async () => {
  store.write("package-lock.json", "{}");
  const affected = await store.affected();
  const reason = "package-lock.json changed, in no package, so anything may rest on it";
  assert.equal(affected.everything, reason);
  assert.deepEqual(namesIn(affected), ["@store/shop", "billing", "catalog", "identity", "ordering", ITSELF]);
  assert.deepEqual(reasonsIn(affected).identity, [reason]);
});

test("a module that was taken out altogether reaches everything", async () => {
  store.remove("modules/billing");
  assert.match(
    (await store.affected()).everything ?? "",
    /^modules\/billing\/contract\/index\.ts and 3 others changed/,
  );
});

test("a file that moved counts where it was and where it is", async () => {
  store.git("mv", "modules/identity/src/module.ts", "modules/catalog/src/other.ts");
  assert.deepEqual(namesIn(await store.affected()), ["@store/shop", "catalog", "identity", ITSELF]);
});

test("a deleted, a staged and a new file count like one that was edited", async () => {
  store.remove("modules/identity/test/identity.test.ts");
  store.write("modules/catalog/test/catalog.test.ts", "// staged");
  store.git("add", "modules/catalog");
  store.write("modules/billing/test/new.test.ts", "");
  store.write("modules/ordering/test/ordering.test.ts", "// committed");
  store.git("commit", "--quiet", "--message=one", "modules/ordering");
  const { packages } = await store.affected();
  assert.deepEqual(
    packages.map(({ name, tests }) => [name, ...tests]),
    [
      ["billing", "modules/billing/test/billing.test.ts", "modules/billing/test/new.test.ts"],
      ["catalog", "modules/catalog/test/catalog.test.ts"],
      ["identity"],
      ["ordering", "modules/ordering/test/ordering.test.ts"],
    ],
  );
});

test("what git ignores does not count", async () => {
  store.write("node_modules/left-pad/index.js", "");
  assert.deepEqual(namesIn(await store.affected()), []);
});

test("what others did on the revision's branch meanwhile does not count", async () => {
  store.git("checkout", "--quiet", "-b", "topic");
  store.write("modules/catalog/src/module.ts", "// mine");
  store.git("commit", "--quiet", "--all", "--message=mine");
  store.git("checkout", "--quiet", "main");
  store.write("modules/identity/src/module.ts", "// theirs");
  store.git("commit", "--quiet", "--all", "--message=theirs");
  store.git("checkout", "--quiet", "topic");
  assert.deepEqual(namesIn(await store.affected("main")), ["@store/shop", "catalog", ITSELF]);
  store.git("checkout", "--quiet", "main");
  store.git("branch", "--quiet", "-D", "topic");
});

test("without the modules' own words the manifests stand in, on the safe side", async () => {
  store.write("modules/catalog/migrations/0002_more.sql", "select 2;");
  assert.deepEqual(reasonsIn(await store.affected("first", null)).ordering, [
    "depends on catalog, whose migrations changed",
  ]);
});

test("a change goes on through a package whose own tests were changed as well", () => {
  const pack = (name: string, dependencies: Record<string, string>) => ({
    name,
    directory: name,
    manifest: { dependencies },
  });
  const packages = [pack("base", {}), pack("middle", { base: "1.0.0" }), pack("top", { middle: "1.0.0" })];
  const project = { root: store.root, name: "chain", manifest: {}, packages, modules: [] };
  const changed = ["middle/test/middle.test.ts", "base/src/index.ts"];
  assert.deepEqual(reasonsIn(affectedBy({ project, app: null, changed, files: changed })), {
    base: ["its source changed: base/src/index.ts"],
    middle: ["its tests changed: middle/test/middle.test.ts", "depends on base, whose source changed"],
    top: ["depends on middle, which is affected"],
    [ITSELF]: ["its tests take all packages together"],
  });
});
