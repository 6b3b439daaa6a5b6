import {
  BOX_PADDING,
  FACT_LINE,
  LABEL_LINE,
  type Layout,
  layOut,
  type ModuleGraph,
  NAME_LINE,
  type PlacedLine,
  type PlacedModule,
  pathData,
} from "@ashlar/graph";
import { escapeMarkup } from "./markup.ts";
import { summaryOf } from "./summary.ts";
import { SVG_COLOURS, SVG_STYLE } from "./svg-style.ts";

export interface SvgOptions {
  /** Where the box of a module leads to. */
  readonly link?: (module: string) => string;
  /** Left out where the page around the picture has it. */
  readonly hasStyle?: boolean;
}

/** The graph as a picture that needs nothing else: light or dark as its reader's system is. */
export function svgOf(graph: ModuleGraph, options: SvgOptions = {}): string {
  const layout = layOut(graph);
  const { width, height } = sizeOf(layout);
  const legend = legendAt(layout.height);
  return `<svg xmlns="http://www.w3.org/2000/svg" class="graph" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="${options.link === undefined ? "img" : "group"}" aria-labelledby="graph-title graph-description">
<title id="graph-title">${escapeMarkup(`Modules of ${graph.name}`)}</title>
<desc id="graph-description">${escapeMarkup(summaryOf(graph))}</desc>
${options.hasStyle === false ? "" : `<style>${SVG_COLOURS}${SVG_STYLE}</style>\n`}<defs>
${tip("calls")}${tip("atomic")}${tip("reads")}${tip("events")}<marker id="tie" viewBox="0 0 12 12" refX="0" refY="6" markerWidth="12" markerHeight="12" markerUnits="userSpaceOnUse" orient="auto"><path class="fill-atomic" d="M0 6 6 1 12 6 6 11z"/></marker>
</defs>
<rect class="ground" width="${width}" height="${height}" rx="12"/>
${layout.lines.map(lineMarkup).join("\n")}
${layout.lines.map(labelMarkup).join("\n")}
${layout.modules.map((module) => moduleMarkup(module, options.link)).join("\n")}
${legend}
</svg>
`;
}

const LEGEND_WIDTH = 640;
const LEGEND_HEIGHT = 40;

function sizeOf({ width, height }: Layout): { width: number; height: number } {
  return { width: Math.max(width, LEGEND_WIDTH), height: height + LEGEND_HEIGHT };
}

function legendAt(y: number): string {
  const middle = y + 12;
  const sample = (x: number, kind: string, text: string, hasTie = false) =>
    `<path class="line ${kind}" marker-end="url(#tip-${kind})"${hasTie ? ' marker-start="url(#tie)"' : ""} d="M${x} ${middle} H${x + 40}"/><text class="small soft" x="${x + 50}" y="${middle + 4}">${text}</text>`;
  return `<g class="legend" aria-hidden="true">${sample(20, "calls", "calls")}${sample(130, "atomic", "atomic: in one transaction", true)}${sample(380, "events", "events")}${sample(500, "reads", "reads views")}</g>`;
}

function tip(kind: string): string {
  const shape =
    kind === "events"
      ? `<path class="stroke-${kind}" d="M1 1 9 5 1 9"/>`
      : `<path class="fill-${kind}" d="M0 0 10 5 0 10z"/>`;
  return `<marker id="tip-${kind}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto">${shape}</marker>\n`;
}

function lineMarkup({ line, points }: PlacedLine): string {
  const kind = line.atomic > 0 ? "atomic" : line.kind;
  const start = kind === "atomic" ? ' marker-start="url(#tie)"' : "";
  return `<path class="line ${kind}" data-from="${escapeMarkup(line.from)}" data-to="${escapeMarkup(line.to)}"${start} marker-end="url(#tip-${kind})" d="${pathData(points)}"><title>${escapeMarkup(line.title)}</title></path>`;
}

function labelMarkup({ line, label }: PlacedLine): string {
  const kind = line.atomic > 0 ? "atomic" : line.kind;
  const middle = round(label.x + label.width / 2);
  const lines = label.lines.map(
    (text, index) =>
      `<text class="small ink-${kind}" text-anchor="middle" x="${middle}" y="${round(label.y + 2 + LABEL_LINE * (index + 0.75))}">${escapeMarkup(text)}</text>`,
  );
  return `<g class="label" data-from="${escapeMarkup(line.from)}" data-to="${escapeMarkup(line.to)}"><title>${escapeMarkup(line.title)}</title><rect class="ground" x="${round(label.x)}" y="${round(label.y)}" width="${round(label.width)}" height="${round(label.height)}" rx="5"/>${lines.join("")}</g>`;
}

function moduleMarkup(placed: PlacedModule, link: SvgOptions["link"]): string {
  const { module, x, y, width, height, name, facts } = placed;
  const left = round(x + BOX_PADDING);
  const text = name.length * NAME_LINE + facts.length * FACT_LINE;
  const top = y + (height - text) / 2;
  const names = name.map(
    (line, index) =>
      `<text class="name" x="${left}" y="${round(top + NAME_LINE * (index + 0.78))}">${escapeMarkup(line)}</text>`,
  );
  const below = top + name.length * NAME_LINE;
  const others = facts.map(
    (line, index) =>
      `<text class="small soft" x="${left}" y="${round(below + FACT_LINE * (index + 0.8))}">${escapeMarkup(line)}</text>`,
  );
  const box = `<g class="module${module.isHere ? "" : " elsewhere"}" data-module="${escapeMarkup(module.name)}"><title>${escapeMarkup(module.name)}</title><rect class="box" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="9"/>${names.join("")}${others.join("")}</g>`;
  return link === undefined || !module.isHere
    ? box
    : `<a href="${escapeMarkup(link(module.name))}">${box}</a>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
