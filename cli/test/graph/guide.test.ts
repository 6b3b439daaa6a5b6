import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { graphText } from "../../src/graph/graph-text.ts";
import { svgOf } from "../../src/graph/svg.ts";
import { graph } from "./shop-graph.ts";

const docs = new URL("../../../docs/", import.meta.url);

test("the guide quotes what the shop's graph says in a terminal", () => {
  const guide = readFileSync(new URL("guides/graph.md", docs), "utf8");
  const quoted = /```text\n(ordering {2}[\s\S]*?)```/.exec(guide)![1]!;
  assert.ok(graphText(graph, 80).includes(`\n${quoted}`));
});

test("the picture in the guide is the shop's; UPDATE_REFERENCE=1 draws it anew", () => {
  const file = new URL("images/graph-shop.svg", docs);
  if (process.env.UPDATE_REFERENCE === "1") writeFileSync(file, svgOf(graph));
  else assert.equal(readFileSync(file, "utf8").trimEnd(), svgOf(graph).trimEnd());
});
