// On a PostgreSQL of its own whose data is on a small file system; skipped where none may be mounted.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startTestServer } from "ashlar/testing";
import type pg from "pg";
import { isRepetition } from "../../test/shop-process.ts";
import { DiskTooLargeError, diskNearlyFull } from "../planted/disk-nearly-full.ts";
import { practise } from "../practice.ts";
import { smallDisk } from "./small-disk.ts";
import { openWatchedShop } from "./watched-shop.ts";

const MEGABYTES = 1_200;
const RATE = 5;
const { signal } = new AbortController();

test("disk-nearly-full is seen by disk-space", { skip: isRepetition }, async (t) => {
  using disk = smallDisk(MEGABYTES);
  if (disk === null) return t.skip("this user may not mount a file system");
  const server = await startTestServer({ directory: disk.directory });
  try {
    await using shop = await openWatchedShop(server.url);
    const { url, databaseUrl } = shop;
    const firing = async () => (await shop.look()).filter(({ check }) => check === "disk-space");
    await using practice = await practise(diskNearlyFull, { url, databaseUrl, rate: RATE, signal });
    assert.deepEqual(await firing(), []);
    await practice.plant();
    const [sign] = await firing();
    assert.equal(sign?.severity, "error");
    assert.match(sign.evidence.join("\n"), /^0\.0 GiB of 1\.2 GiB are free/m);
    await practice[Symbol.asyncDispose]();
    // Three looks that see nothing.
    for (let look = 0; look < 3; look++) await shop.look();
    assert.deepEqual(await firing(), []);
  } finally {
    await server.stop();
  }
});

test("a disk that others use is not filled", async (t) => {
  using disk = smallDisk(10_000);
  if (disk === null) return t.skip("this user may not mount a file system");
  // Where the data is, is all that is asked for.
  const rows = [{ data_directory: join(disk.directory, "data") }];
  const admin = { query: async () => ({ rows }) } as unknown as pg.Client;
  await using leftovers = new AsyncDisposableStack();
  const scene = { url: "", databaseUrl: "", admin, signal };
  await assert.rejects(diskNearlyFull.plant(scene, leftovers), DiskTooLargeError);
  assert.deepEqual(readdirSync(disk.directory), []);
});
