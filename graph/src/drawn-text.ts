import type { Line } from "./lines.ts";
import type { GraphModule } from "./module-graph.ts";
import { plural } from "./plural.ts";
import { shorten, textWidth, wrap } from "./text-size.ts";

// Sizes of the fonts, and distances of the lines, in pixels.
export const NAME_SIZE = 15;
export const TEXT_SIZE = 12;
export const LABEL_LINE = 16;
export const NAME_LINE = 19;
export const FACT_LINE = 17;
export const BOX_PADDING = 14;
export const BOX_WIDTH = 196;

const TEXT_WIDTH = BOX_WIDTH - 2 * BOX_PADDING;
/** A label wider than this is stacked: the columns between the modules stay narrow. */
const LABEL_WIDTH = 116;
const NARROW_LABEL = 72;

/** What is to be written in a picture. Room is made for it, so numbers that change are given at their longest. */
export interface Wording {
  /** Below the name of a module, line by line. */
  facts(module: GraphModule): readonly string[];
  /** On a line: side by side or below each other. */
  words(line: Line): readonly string[];
}

/** What modules have and what lines stand for. */
export const DECLARED: Wording = { facts: factsOf, words: ({ words }) => words };

/** The text of a module's box: its name in one or two lines, and what stands below it. */
export function textOf(
  module: GraphModule,
  wording: Wording,
): { name: readonly string[]; facts: readonly string[] } {
  return { name: wrap(module.name, TEXT_WIDTH, NAME_SIZE, true), facts: wording.facts(module) };
}

function factsOf(module: GraphModule): readonly string[] {
  if (!module.isHere) return ["not in this project"];
  const of = (count: number, word: string) => (count === 0 ? [] : [plural(count, word)]);
  const queries = module.queries === 0 ? [] : [`${module.queries} quer${module.queries === 1 ? "y" : "ies"}`];
  const outside = [...of(module.routes, "route"), ...of(module.jobs, "job"), ...of(module.events, "event")];
  return [...fill([...of(module.commands, "command"), ...queries]), ...fill(outside)];
}

/** As many parts in a line as fit. */
function fill(parts: readonly string[]): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const together = lines.length === 0 ? part : `${lines.at(-1)} · ${part}`;
    if (lines.length > 0 && textWidth(together, TEXT_SIZE) <= TEXT_WIDTH) lines[lines.length - 1] = together;
    else lines.push(part);
  }
  return lines;
}

export interface Label {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly string[];
}

/** The label of a line. A narrow one is stacked sooner, for pictures with many columns. */
export function labelOf(line: Line, wording: Wording, isNarrow: boolean): Label {
  const words = wording.words(line);
  const isBold = line.atomic > 0;
  const inOne = words.join(" · ");
  const isOne = textWidth(inOne, TEXT_SIZE, isBold) <= (isNarrow ? NARROW_LABEL : LABEL_WIDTH);
  const lines = isOne ? [inOne] : words;
  const shown = lines.map((text) => shorten(text, BOX_WIDTH - 20, TEXT_SIZE, isBold));
  return {
    lines: shown,
    width: Math.ceil(Math.max(...shown.map((text) => textWidth(text, TEXT_SIZE, isBold))) + 12),
    height: shown.length * LABEL_LINE + 4,
  };
}
