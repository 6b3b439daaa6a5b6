import { createHash } from "node:crypto";
import { atomicEdges, byLayer, type GraphEdge, layOut, type ModuleGraph, nameOf } from "@ashlar/graph";
import type { Canvas } from "./canvas.ts";
import { NO_PURPOSE, ownersText, type Section, sectionsOf } from "./canvas-sections.ts";
import type { Comparison } from "./comparison.ts";
import { comparisonSections, HOW_TO_OBSERVE, sourcesText } from "./comparison-sections.ts";
import { anchorOf, escapeMarkup } from "./markup.ts";
import { PAGE_SCRIPT } from "./page-script.ts";
import { pageStyle } from "./page-style.ts";
import { summaryOf } from "./summary.ts";
import { svgOf } from "./svg.ts";

export interface PageParts {
  readonly canvases: readonly Canvas[];
  readonly comparison?: Comparison | undefined;
}

/** One file with everything: the picture, the same as tables, and a canvas for every module. It loads nothing. */
export function pageOf(graph: ModuleGraph, { canvases, comparison }: PageParts): string {
  const order = byLayer(graph);
  const sorted = canvases.toSorted((one, other) => order.indexOf(one.module) - order.indexOf(other.module));
  const link = (module: string) => `#${anchorOf(module)}`;
  return document(
    `Modules of ${graph.name}`,
    pageStyle(layOut(graph).width),
    `<header><h1>${escapeMarkup(graph.name)}</h1><p>${escapeMarkup(summaryOf(graph))}</p></header>
<main>
<section aria-label="Picture"><div class="picture" tabindex="0" role="region" aria-label="Picture of the modules; the tables below say the same">${svgOf(graph, { link, hasStyle: false })}</div></section>
<section><h2>Edges</h2>${edgeTable(graph)}</section>
<section><h2>In the way of a carve</h2>${atomicTable(graph)}</section>
${comparison === undefined ? "" : `<section><h2>Declared against observed</h2>${comparisonMarkup(comparison)}</section>\n`}<section><h2>Modules</h2>${sorted.map(canvasMarkup).join("\n")}</section>
</main>
<script>${PAGE_SCRIPT}</script>`,
  );
}

/** The canvas of one module as a page of its own. */
export function canvasPageOf(canvas: Canvas): string {
  return document(canvas.module, pageStyle(0), `<main>${canvasMarkup(canvas)}</main>`);
}

function document(title: string, style: string, body: string): string {
  const policy = [
    "default-src 'none'",
    `style-src ${digest(style)}`,
    `script-src ${digest(PAGE_SCRIPT)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** What the page may run and how it may look, by its digest: nothing that is slipped in is let through. */
function digest(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

function edgeTable(graph: ModuleGraph): string {
  const rows = graph.edges.map(edgeRow);
  if (rows.length === 0) return "<p>No module needs another.</p>";
  return `${tableMarkup({ title: "Edges", columns: ["from", "", "to", "what"], rows })}<p class="soft">◆ joins the caller's transaction.</p>`;
}

function edgeRow(edge: GraphEdge): readonly string[] {
  switch (edge.kind) {
    case "calls":
      return [
        edge.from,
        "calls",
        edge.to,
        edge.operations.map(({ id, isAtomic }) => nameOf(id) + (isAtomic ? " ◆" : "")).join(", ") ||
          "no call is in the code",
      ];
    case "reads":
      return [edge.from, "reads", edge.to, edge.views.map(nameOf).join(", ")];
    case "events":
      return [
        edge.from,
        "publishes to",
        edge.to,
        edge.deliveries.map(({ event, subscriber }) => `${nameOf(event)} → ${subscriber}`).join(", "),
      ];
  }
}

function atomicTable(graph: ModuleGraph): string {
  const atomic = atomicEdges(graph);
  if (atomic.length === 0) return "<p>Nothing: no call is atomic.</p>";
  return `<p>These calls share their caller's transaction. As a service of its own, a module cannot.</p>${tableMarkup(
    {
      title: "Atomic edges",
      columns: ["caller", "operation", "where"],
      rows: atomic.map(({ from, operation, places }) => [from, operation, places.join(", ")]),
    },
  )}`;
}

function comparisonMarkup(comparison: Comparison): string {
  if (comparison.sources.length === 0) return `<p>${escapeMarkup(HOW_TO_OBSERVE)}</p>`;
  const parts = comparisonSections(comparison).map(
    (section) =>
      `<h3>${section.title}</h3>${section.rows.length === 0 ? `<p>${section.empty}</p>` : tableMarkup(section)}`,
  );
  return `<p class="soft">${escapeMarkup(sourcesText(comparison.sources))}</p>${parts.join("")}`;
}

function canvasMarkup(canvas: Canvas): string {
  const { module, purpose, directory } = canvas;
  const parts = sectionsOf(canvas).map(
    (section) =>
      `<section><h4>${section.title}</h4>${section.columns.length === 1 ? listMarkup(section) : tableMarkup(section)}</section>`,
  );
  return `<article id="${anchorOf(module)}"><h3>${escapeMarkup(module)}</h3>
<p>${escapeMarkup(purpose ?? NO_PURPOSE).replace(/`([^`]+)`/g, "<code>$1</code>")}</p>
<dl><div><dt>Owners</dt><dd>${escapeMarkup(ownersText(canvas))}</dd></div><div><dt>Folder</dt><dd><code>${escapeMarkup(directory)}</code></dd></div></dl>
<div class="parts">${parts.join("")}</div></article>`;
}

function tableMarkup({ title, columns, rows }: Section): string {
  const numeric = (index: number) => (columns[index] === "times" ? ' class="number"' : "");
  const head = columns.map((column, index) =>
    column === "" ? "<td></td>" : `<th scope="col"${numeric(index)}>${escapeMarkup(column)}</th>`,
  );
  const body = rows.map(
    (row) =>
      `<tr>${row
        .map((cell, index) => {
          return index === 0
            ? `<th scope="row">${breakable(cell)}</th>`
            : `<td${numeric(index)}>${cell === "atomic" ? '<span class="tag">◆ atomic</span>' : breakable(cell)}</td>`;
        })
        .join("")}</tr>`,
  );
  return `<div class="table" tabindex="0" role="region" aria-label="${escapeMarkup(title)}"><table><thead><tr>${head.join("")}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

function listMarkup({ rows }: Section): string {
  return `<ul>${rows.map(([name]) => `<li>${breakable(name!)}</li>`).join("")}</ul>`;
}

/** Long names may be broken where their parts meet. */
function breakable(text: string): string {
  return text
    .split(/(?<=[_./-])(?=[A-Za-z{])|(?<=[a-z])(?=[A-Z])/)
    .map(escapeMarkup)
    .join("<wbr>");
}
