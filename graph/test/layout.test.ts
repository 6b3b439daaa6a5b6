import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { layersOf } from "../src/layers.ts";
import { layOut } from "../src/layout.ts";
import { linesOf } from "../src/lines.ts";
import { moduleGraph } from "../src/module-graph.ts";
import type { Box, PlacedLine, Point } from "../src/placed.ts";
import { textWidth, wrap } from "../src/text-size.ts";
import { manyModules, someCalls } from "./many-modules.ts";
import { graphs } from "./random-graphs.ts";

const overlap = (one: Box, other: Box) =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

/** Half a pixel, for what is rounded. */
const NEARLY = 0.5;

function isOnSide({ x, y }: Point, box: Box): boolean {
  const isOnLeft = Math.abs(x - box.x) < NEARLY;
  const isOnRight = Math.abs(x - box.x - box.width) < NEARLY;
  return (isOnLeft || isOnRight) && y > box.y && y < box.y + box.height;
}

/** What the parts of a line lie in, level and bent ones. */
function partsOf({ points }: PlacedLine): Box[] {
  return points.slice(1).map((to, index) => {
    const from = points[index]!;
    return {
      x: Math.min(from.x, to.x),
      y: Math.min(from.y, to.y),
      width: Math.abs(to.x - from.x),
      height: Math.abs(to.y - from.y),
    };
  });
}

test("no module, and no label, lies on another one, and all lie in the picture", () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const { modules, lines, width, height } = layOut(graph);
      const boxes: Box[] = [...modules, ...lines.map(({ label }) => label)];
      for (const [index, box] of boxes.entries()) {
        assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height);
        for (const other of boxes.slice(index + 1)) assert.ok(!overlap(box, other));
      }
    }),
    { numRuns: 60 },
  );
});

test("every line begins and ends at the sides of its modules, and every line of the graph is drawn", () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const { modules, lines } = layOut(graph);
      const boxes = new Map(modules.map((box) => [box.module.name, box]));
      assert.deepEqual(
        lines.map(({ line }) => line),
        linesOf(graph),
      );
      for (const { line, points } of lines) {
        assert.ok(isOnSide(points[0]!, boxes.get(line.from)!));
        assert.ok(isOnSide(points.at(-1)!, boxes.get(line.to)!));
      }
    }),
    { numRuns: 60 },
  );
});

test("no line goes through a module or the label of another line", () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const { modules, lines } = layOut(graph);
      for (const each of lines) {
        const obstacles: Box[] = [
          ...modules,
          ...lines.filter((line) => line !== each).map(({ label }) => label),
        ];
        for (const part of partsOf(each)) {
          for (const obstacle of obstacles) assert.ok(!overlap(part, obstacle));
        }
        for (const { x, y } of each.points) assert.ok(Number.isFinite(x) && Number.isFinite(y));
      }
    }),
    { numRuns: 60 },
  );
});

test("callers stand left of what they call; events move nobody", () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const layers = layersOf(graph);
      const { modules } = layOut(graph);
      const left = new Map(modules.map(({ module, x }) => [module.name, x]));
      for (const { kind, from, to } of graph.edges) {
        const closesCycle = layers.get(from)! >= layers.get(to)!;
        if (kind !== "events" && !closesCycle) assert.ok(left.get(from)! < left.get(to)!);
      }
      const columns = new Set(modules.map(({ x }) => Math.round(x)));
      assert.ok(
        columns.size <= new Set(layers.values()).size + 1,
        "there are hardly more columns than layers",
      );
    }),
    { numRuns: 60 },
  );
});

test("thirty modules are laid out the same each time, in a picture that a screen can hold", () => {
  const app = manyModules();
  const graph = moduleGraph(app, someCalls(app));
  const layout = layOut(graph);
  assert.equal(layout.modules.length, 30);
  assert.ok(layout.width < 2200 && layout.height < 1800, `${layout.width} x ${layout.height}`);
  assert.deepEqual(layOut(graph), layout);
});

test("names are broken between their words, and shortened only when that is not enough", () => {
  assert.deepEqual(wrap("orders", 200, 15, true), ["orders"]);
  assert.deepEqual(wrap("tax_and_customs_duties", 168, 15, true), ["tax_and_", "customs_duties"]);
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (text) => {
      for (const line of wrap(text, 120, 15)) assert.ok(textWidth(line, 15) <= 120);
    }),
  );
});
