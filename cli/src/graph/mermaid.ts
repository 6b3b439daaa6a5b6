import { layersOf, linesOf, type ModuleGraph } from "@ashlar/graph";

const ARROWS = { calls: "-->", reads: "-.->", events: "-.-o", atomic: "==>" } as const;

/** The graph as Mermaid, for Markdown that draws it. Thick lines are atomic; dotted ones with a dot carry events. */
export function mermaidOf(graph: ModuleGraph): string {
  const layers = layersOf(graph);
  const modules = graph.modules.toSorted((one, other) => layers.get(one.name)! - layers.get(other.name)!);
  const ids = new Map(modules.map(({ name }, index) => [name, `m${index}`]));
  const nodes = modules.map(({ name, isHere }) => {
    const id = ids.get(name)!;
    return `  ${id}["${label(name)}"]${isHere ? "" : ":::elsewhere"}`;
  });
  const lines = linesOf(graph).map(({ kind, atomic, from, to, words }) => {
    const arrow = ARROWS[atomic > 0 ? "atomic" : kind];
    return `  ${ids.get(from)} ${arrow}|"${label(words.join(" · "))}"| ${ids.get(to)}`;
  });
  const elsewhere = graph.modules.every(({ isHere }) => isHere)
    ? []
    : ["  classDef elsewhere stroke-dasharray: 4 3"];
  return `${["flowchart LR", ...nodes, ...lines, ...elsewhere].join("\n")}\n`;
}

/** Mermaid writes what would end a label as entities. */
function label(text: string): string {
  return text.replace(/[^\p{L}\p{N} _.·-]/gu, (character) => `#${character.codePointAt(0)};`);
}
