import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_SOURCES } from "../src/found-calls.ts";
import { layersOf } from "../src/layers.ts";
import { moduleGraph } from "../src/module-graph.ts";
import { command, emptyModule, query } from "./many-modules.ts";

test("without sources everything on offer may be called, and the edge says so", () => {
  const [edge] = moduleGraph(
    {
      name: "lab",
      modules: [
        { ...emptyModule("a"), uses: ["b"] },
        { ...emptyModule("b"), operations: [command("b", "join", "joins"), query("b", "find")] },
      ],
    },
    NO_SOURCES,
  ).edges;
  assert.ok(edge?.kind === "calls");
  assert.equal(edge.isExact, false);
  assert.deepEqual(
    edge.operations.map(({ id, isAtomic }) => [id, isAtomic]),
    [
      ["b.join", true],
      ["b.find", false],
    ],
  );
});

test("a module that the project does not have stands in the graph as such", () => {
  const { modules } = moduleGraph(
    { name: "lab", modules: [{ ...emptyModule("a"), uses: ["b"] }] },
    NO_SOURCES,
  );
  assert.deepEqual(
    modules.map(({ name, isHere }) => [name, isHere]),
    [
      ["a", true],
      ["b", false],
    ],
  );
});

test("callers come before what they call, whatever events say; a cycle is cut", () => {
  const circle = moduleGraph(
    {
      name: "lab",
      modules: [
        { ...emptyModule("a"), uses: ["b"] },
        { ...emptyModule("b"), uses: ["c"] },
        { ...emptyModule("c"), uses: ["a"] },
      ],
    },
    NO_SOURCES,
  );
  assert.deepEqual(
    [...layersOf(circle)],
    [
      ["a", 0],
      ["b", 1],
      ["c", 2],
    ],
  );
});
