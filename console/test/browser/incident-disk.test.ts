// As incidents.test.ts, on a database whose disk is small enough to be filled; skipped where none may be mounted.
import assert from "node:assert/strict";
import { test } from "node:test";
import { diskNearlyFull } from "../../../shop/incidents/planted/disk-nearly-full.ts";
import { smallDisk } from "../../../shop/incidents/test/small-disk.ts";
import { openScene } from "./harness.ts";
import { stockShelves, walk } from "./walk.ts";

const MEGABYTES = 1_200;

test("disk-nearly-full", async (t) => {
  const disk = smallDisk(MEGABYTES);
  if (disk === null) return t.skip("this user may not mount a file system");
  // The scene ends with the file, and the disk is free only then.
  process.once("exit", () => disk[Symbol.dispose]());
  const scene = await openScene({ databaseDirectory: disk.directory });
  await stockShelves(scene);
  const { clicks, pathname } = await walk(scene, diskNearlyFull, {
    check: "disk-space",
    further: [(page) => page.getByRole("main").getByRole("link", { name: "Tables", exact: true })],
    // Which tables take the room; how little is left stands on the card and on the page between.
    cause: [/catalog/, /products/],
  });
  t.diagnostic(`${clicks} clicks: ${pathname}`);
  assert.equal(clicks, 2);
});
