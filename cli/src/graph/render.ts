import type { Subject } from "./load-graph.ts";

export type Form = "text" | "mermaid" | "svg" | "html" | "markdown" | "json";

/** Draws a graph or a canvas; each form loads only what it draws with. `width` counts letters and is for text alone. */
export async function render(subject: Subject, form: Form, width: number): Promise<string> {
  if (form === "json") return `${JSON.stringify(subject, null, 2)}\n`;
  if ("canvas" in subject) {
    const { canvas } = subject;
    if (form === "html") return (await import("./page.ts")).canvasPageOf(canvas);
    if (form === "markdown") return (await import("./canvas-markdown.ts")).canvasMarkdown(canvas);
    return `${(await import("./canvas-text.ts")).canvasText(canvas, width)}\n`;
  }
  const { graph, canvases = [], comparison } = subject;
  if (form === "mermaid") return (await import("./mermaid.ts")).mermaidOf(graph);
  if (form === "svg") return (await import("./svg.ts")).svgOf(graph);
  if (form === "html") return (await import("./page.ts")).pageOf(graph, { canvases, comparison });
  const text = (await import("./graph-text.ts")).graphText(graph, width);
  if (comparison === undefined) return `${text}\n`;
  return `${text}\n\n${(await import("./comparison-text.ts")).comparisonText(comparison, width)}\n`;
}
