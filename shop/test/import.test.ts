// `npm run shop -- import FILE`, as a process: with and without a running shop, on embedded and given databases.
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { ShopClient } from "./shop-client.ts";
import { isRepetition, newHome, runCli, startShop } from "./shop-process.ts";
import { asAdmin, newDatabase } from "./test-databases.ts";

const files = newHome();
const given = { DATABASE_URL: await newDatabase(), ASHLAR_HOME: newHome() };
const real = fileURLToPath(new URL("../../../shared/data/products.ndjson", import.meta.url));
const row = (sku: string, more: object = {}) => JSON.stringify({ sku, name: sku, price: 1.5, ...more });

describe("importing a file", { skip: isRepetition }, () => {
  it("takes over its rows, and nothing new the second time", async () => {
    const path = write("three.ndjson", [row("A-1", { stock: 4 }), row("A-2"), row("A-3")]);
    const first = await runCli(["import", path], given);
    assert.deepEqual(first, { code: 0, stdout: "imported 3, unchanged 0, rejected 0\n", stderr: "" });
    const second = await runCli(["import", path], given);
    assert.deepEqual(second, { code: 0, stdout: "imported 0, unchanged 3, rejected 0\n", stderr: "" });
  });

  it("starts neither the payment provider nor a worker", async () => {
    const home = newHome();
    const DATABASE_URL = await newDatabase();
    const { code } = await runCli(["import", write("one.ndjson", [row("A-1")])], {
      DATABASE_URL,
      ASHLAR_HOME: home,
    });
    assert.equal(code, 0);
    assert.deepEqual(readdirSync(home), []);
    const { rows } = await asAdmin(DATABASE_URL, (client) =>
      client.query("select nextval('ashlar.workers_id_seq')::int as next"),
    );
    assert.deepEqual(rows, [{ next: 1 }], "no worker was ever entered");
  });

  it("lists rejected rows by line with the reason, goes on, and calls that done", async () => {
    const path = write("mixed.ndjson", [
      row("A-1"),
      "{ not json",
      row("B-2", { price: "much" }),
      "",
      row("B-4"),
    ]);
    const { code, stdout } = await runCli(["import", path], given);
    assert.equal(code, 0);
    const lines = stdout.trimEnd().split("\n");
    assert.match(lines[0]!, /^line 2: .*JSON/);
    assert.match(lines[1]!, /^line 3: .*price/);
    // A-1 says nothing about its stock, which therefore stays.
    assert.equal(lines.at(-1), "imported 1, unchanged 1, rejected 2");
  });

  it("reads CSV by the file's name", async () => {
    const path = write("table.csv", ["sku,name,price,stock", 'C-1,"Plumb line, brass",12.50,3']);
    const { stdout } = await runCli(["import", path], given);
    assert.equal(stdout, "imported 1, unchanged 0, rejected 0\n");
  });

  it("uses the embedded database by itself, or beside the shop that runs on it", async () => {
    const settings = { ASHLAR_HOME: newHome() };
    write("more.ndjson", [row("D-1", { stock: 7 })]);
    // A path is meant from where the command was typed, which npm tells by INIT_CWD.
    const alone = await runCli(["import", "more.ndjson"], { ...settings, INIT_CWD: files });
    assert.equal(alone.stdout, "imported 1, unchanged 0, rejected 0\n");

    const shop = startShop(settings);
    const { url } = await shop.ready();
    assert.match(shop.stdout, /Operator +operator@demo\.example +password/, "an import is no first start");
    const path = write("more.ndjson", [row("D-1", { stock: 8 })]);
    const beside = await runCli(["import", path], settings);
    assert.equal(beside.stdout, "imported 1, unchanged 0, rejected 0\n");
    const client = new ShopClient(url);
    assert.equal((await client.send("GET", "/v1/products/D-1")).body.available, 8, "the shop still runs");
    client.close();
    assert.equal(await shop.ended("SIGINT"), 0);
  });

  it("takes an empty file for one without rows", async () => {
    const { code, stdout } = await runCli(["import", write("empty.ndjson", [])], given);
    assert.deepEqual([code, stdout], [0, "imported 0, unchanged 0, rejected 0\n"]);
  });

  it("changes nothing when the file cannot be read, and says why in one sentence", async () => {
    mkdirSync(join(files, "folder.ndjson"));
    writeFileSync(
      join(files, "picture.ndjson"),
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0, 1, 2, 3]),
    );
    const locked = write("locked.ndjson", [row("E-2")]);
    chmodSync(locked, 0);
    const isRoot = process.getuid?.() === 0;
    for (const [name, reason] of [
      ["missing.ndjson", /no such file/],
      ["folder.ndjson", /directory/],
      ["picture.ndjson", /not text/],
      ...(isRoot ? [] : ([["locked.ndjson", /may not read/]] as const)),
    ] as const) {
      const { code, stdout, stderr } = await runCli(["import", join(files, name)], given);
      assert.deepEqual([code, stdout], [1, ""], name);
      assert.match(stderr, reason);
      assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
    }
  });

  it("takes over the 3,291 real products, and nothing new the second time", {
    skip: !existsSync(real),
  }, async () => {
    const DATABASE_URL = await newDatabase();
    const settings = { DATABASE_URL, ASHLAR_HOME: newHome() };
    const first = await runCli(["import", real], settings);
    assert.deepEqual([first.code, first.stdout], [0, "imported 3291, unchanged 0, rejected 0\n"]);
    const second = await runCli(["import", real], settings);
    assert.deepEqual([second.code, second.stdout], [0, "imported 0, unchanged 3291, rejected 0\n"]);
    const { rows } = await asAdmin(DATABASE_URL, (client) =>
      client.query(
        "select count(*)::int as products, count(distinct sku)::int as skus from catalog.products",
      ),
    );
    assert.deepEqual(rows, [{ products: 3291, skus: 3291 }]);
  });
});

describe("the command line", { skip: isRepetition }, () => {
  it("shows its usage when asked", async () => {
    for (const words of [["help"], ["import", "--help"]]) {
      const { code, stdout, stderr } = await runCli(words);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, /^Usage: npm run shop -- COMMAND/);
    }
  });

  it("shows its usage as an error when it is called wrongly", async () => {
    for (const words of [[], ["imprt", "x"], ["import", "a", "b"], ["import", "a", "--force"]]) {
      const { code, stdout, stderr } = await runCli(words);
      assert.deepEqual([code, stdout], [2, ""], words.join(" "));
      assert.match(stderr, /^Usage: npm run shop -- COMMAND/);
    }
  });

  it("fails with one sentence when the database cannot be reached", async () => {
    const path = write("one.ndjson", [row("F-1")]);
    const { code, stderr } = await runCli(["import", path], {
      DATABASE_URL: "postgres://a:b@127.0.0.1:1/shop",
    });
    assert.equal(code, 1);
    assert.match(stderr, /^PostgreSQL at 127\.0\.0\.1:1 cannot be reached[^\n]*\n$/);
  });
});

function write(name: string, lines: readonly string[]): string {
  const path = join(files, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  return path;
}
