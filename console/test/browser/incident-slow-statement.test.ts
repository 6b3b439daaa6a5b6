// As incidents.test.ts, in a file of its own: filling a catalogue for it takes as long as the other walks together.
import assert from "node:assert/strict";
import { test } from "node:test";
import { slowStatement } from "../../../shop/incidents/planted/slow-statement.ts";
import { openScene } from "./harness.ts";
import { stockShelves, walk } from "./walk.ts";

const scene = await openScene();

test("slow-statement", async (t) => {
  await stockShelves(scene);
  const { clicks, pathname } = await walk(scene, slowStatement, {
    check: "slow-statement",
    cause: [/websearch_to_tsquery/, /catalog/],
  });
  t.diagnostic(`${clicks} click: ${pathname}`);
  assert.equal(clicks, 1);
});
