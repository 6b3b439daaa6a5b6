import assert from "node:assert/strict";
import { test } from "node:test";
import { lockstepFaults, publishedManifest } from "../release/published-manifest.ts";

const source = {
  name: "ashlar",
  version: "1.2.3",
  private: true,
  scripts: { test: "node test" },
  exports: { "./contract": "./src/contract/index.ts", "./boundary/register": "./src/boundary/register.ts" },
  bin: { ashlar: "./bin/ashlar.js" },
  dependencies: { pg: "8.23.1" },
  devDependencies: { typescript: "7.0.2" },
};

test("what is published names JavaScript and declarations, and nothing of the repository", () => {
  assert.deepEqual(publishedManifest(source, { folder: "dist", hasTypes: true, from: "src" }), {
    name: "ashlar",
    version: "1.2.3",
    exports: {
      "./contract": { types: "./dist/contract/index.d.ts", default: "./dist/contract/index.js" },
      "./boundary/register": {
        types: "./dist/boundary/register.d.ts",
        default: "./dist/boundary/register.js",
      },
    },
    bin: { ashlar: "./bin/ashlar.js" },
    dependencies: { pg: "8.23.1" },
    files: ["bin", "dist"],
    publishConfig: { access: "public" },
  });
});

test("an export that is not made of a source is refused", () => {
  const wrong = { ...source, exports: { ".": "./test/index.ts" } };
  assert.throws(
    () => publishedManifest(wrong, { folder: "dist", hasTypes: true, from: "src" }),
    /\.\/test\/index\.ts/,
  );
});

test("packages are released with one version, by which they name each other, and with all else pinned", () => {
  const plain = { name: "ashlar", version: "1.2.3", dependencies: { pg: "8.23.1" } };
  const cli = { name: "@ashlar/cli", version: "1.2.3", dependencies: { ashlar: "1.2.3" } };
  assert.deepEqual(lockstepFaults([plain, cli]), []);
  assert.deepEqual(
    lockstepFaults([
      plain,
      { ...cli, version: "1.2.4" },
      { name: "create-ashlar", version: "1.2.3", dependencies: { ashlar: "1.2.2", pg: "^8.23.1" } },
    ]),
    [
      "@ashlar/cli has version 1.2.4, ashlar has 1.2.3",
      "create-ashlar depends on ashlar 1.2.2, not on 1.2.3",
      "create-ashlar depends on pg ^8.23.1; pin one version",
    ],
  );
});
