import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { graphs } from "../../../graph/test/random-graphs.ts";
import { canvasesOf } from "../../src/graph/canvas.ts";
import { mermaidOf } from "../../src/graph/mermaid.ts";
import { canvasPageOf, pageOf } from "../../src/graph/page.ts";
import { svgOf } from "../../src/graph/svg.ts";
import { hostileCanvas, hostileGraph } from "./hostile.ts";
import { app, graph, project } from "./shop-graph.ts";
import { assertWellFormed } from "./well-formed.ts";

const canvases = await canvasesOf(project, app, graph);
const page = pageOf(graph, { canvases });

test("the shop as Mermaid: thick lines are atomic, dotted ones carry events", () => {
  assert.equal(
    mermaidOf(graph),
    [
      "flowchart LR",
      '  m0["ordering"]',
      '  m1["billing"]',
      '  m2["catalog"]',
      '  m3["identity"]',
      '  m0 -->|"1 call"| m3',
      '  m0 ==>|"2 atomic calls · 1 view"| m2',
      '  m0 ==>|"2 atomic calls"| m1',
      '  m1 -.-o|"2 events"| m0',
      "",
    ].join("\n"),
  );
});

test("Mermaid has one form of line for nodes and one for edges, whatever the names are", () => {
  const isMermaid = (text: string) => {
    for (const line of text.trimEnd().split("\n").slice(1)) {
      assert.match(
        line,
        /^ {2}(m\d+\["[^"\]<>|]*"\](:::elsewhere)?|m\d+ (-->|-\.->|-\.-o|==>)\|"[^"\]<>|]*"\| m\d+|classDef elsewhere stroke-dasharray: 4 3)$/,
      );
    }
  };
  isMermaid(mermaidOf(hostileGraph));
  fc.assert(
    fc.property(graphs, (each) => isMermaid(mermaidOf(each))),
    { numRuns: 30 },
  );
});

test("an SVG is well-formed, shows every module and line, and names what it shows", () => {
  const svg = svgOf(graph);
  assertWellFormed(svg, "xml");
  for (const { name } of graph.modules) assert.match(svg, new RegExp(`class="name"[^>]*>${name}<`));
  assert.match(svg, /2 atomic calls<.*1 view</);
  assert.match(svg, /<title id="graph-title">Modules of /);
  assert.doesNotMatch(svg, /href=/);
  fc.assert(
    fc.property(graphs, (each) => {
      assertWellFormed(svgOf(each), "xml");
    }),
    { numRuns: 20 },
  );
});

test("kinds of lines differ by more than their colour", () => {
  const svg = svgOf(graph);
  assert.match(svg, /\.line\.events\{stroke-dasharray:7 5\}/);
  assert.match(svg, /\.line\.atomic\{[^}]*stroke-width:2\.75/);
  assert.equal(svg.match(/class="line atomic" data-from[^>]*marker-start="url\(#tie\)"/g)?.length, 2);
});

test("a page is one well-formed file that loads nothing and runs nothing but its own script", () => {
  const names = assertWellFormed(page, "html");
  for (const name of ["link", "img", "iframe", "object", "embed", "base"])
    assert.ok(!names.includes(name), name);
  assert.doesNotMatch(page, /\s(src|style|on\w+)=/);
  assert.doesNotMatch(page.replaceAll("http://www.w3.org/2000/svg", ""), /https?:|url\((?!#)|@import/);
  for (const [, target] of page.matchAll(/href="([^"]*)"/g))
    assert.ok(page.includes(`id="${target!.slice(1)}"`), target);
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!;
  assert.match(policy, /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+';/);
  for (const name of ["script", "style"]) {
    const text = new RegExp(`<${name}>([^]*?)</${name}>`).exec(page)![1]!;
    assert.ok(policy.includes(`'sha256-${createHash("sha256").update(text).digest("base64")}'`), name);
  }
});

test("a page has a canvas for every module, which its box leads to, and the edges as a table", () => {
  for (const { name } of graph.modules) {
    assert.ok(page.includes(`<article id="module-${name}">`));
    assert.ok(page.includes(`<a href="#module-${name}">`));
  }
  assert.match(
    page,
    /<th scope="row">ordering<\/th><td>calls<\/td><td>identity<\/td><td>find<wbr>Contact<\/td>/,
  );
});

test("no name or text breaks out of a picture or a page", () => {
  assertWellFormed(svgOf(hostileGraph), "xml");
  const pages = [pageOf(hostileGraph, { canvases: [hostileCanvas] }), canvasPageOf(hostileCanvas)];
  for (const each of pages) {
    const names = assertWellFormed(each, "html");
    assert.equal(names.filter((name) => name === "script").length, each === pages[0] ? 1 : 0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there
    assert.doesNotMatch(each, /[\u0001\u001b]/);
  }
});

test("all text has a contrast of 4.5 to 1 on its grounds, light and dark, and lines have 3 to 1", () => {
  const themes = [...page.matchAll(/--ground:[^}]*/g)].map(([theme]) =>
    Object.fromEntries(
      [...theme.matchAll(/--([a-z-]+):(#[0-9a-f]{6})/g)].map(([, key, value]) => [key!, value!]),
    ),
  );
  assert.equal(themes.length, 2);
  for (const theme of themes) {
    for (const ground of [theme.ground!, theme.box!]) {
      for (const text of ["ink", "soft", "accent"]) assert.ok(contrast(theme[text]!, ground) >= 4.5, text);
      assert.ok(contrast(theme.line!, ground) >= 3);
    }
  }
});

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

/** As of WCAG 2.2. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
