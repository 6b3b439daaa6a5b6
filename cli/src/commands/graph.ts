import { Option } from "commander";
import { EXIT, UsageError } from "../exit-code.ts";
import type { Form } from "../graph/render.ts";
import { projectCommand } from "../project-command.ts";
import { terminalWidth } from "../table.ts";

interface GraphOptions {
  readonly format: Form;
  readonly out?: string;
  readonly module?: string;
  readonly canvas?: string;
  readonly observed?: true;
  readonly database?: string;
  readonly json?: true;
}

const FORMS: readonly Form[] = ["text", "mermaid", "svg", "html", "markdown", "json"];
/** What a canvas can be shown as, and what the graph can. */
const OF_CANVAS: readonly Form[] = ["text", "markdown", "html", "json"];
const OF_GRAPH: readonly Form[] = ["text", "mermaid", "svg", "html", "json"];

export const graph = projectCommand<GraphOptions>({
  name: "graph",
  summary: "Draw the modules and what joins them: calls, events, views, atomic edges.",
  details:
    "Atomic edges are calls of commands that join the caller's transaction. They are in the way of a\n" +
    "carve, so they are counted and listed. Which operations a module calls is read from its sources.\n" +
    "HTML is one file with the picture, its tables and the canvas of every module: what it is for, who\n" +
    "owns it (CODEOWNERS), its tables, operations, events, jobs, routes, ports and settings.",
  example: "ashlar graph --format html --out graph.html",
  configure: (command) =>
    command
      .addOption(new Option("--format <format>", "how to draw it").choices(FORMS).default("text"))
      .option("--out <file>", "write it there")
      .option("--module <name>", "only this module, its neighbours and the edges between")
      .option("--canvas <name>", "the canvas of this module, as text, markdown, html or json")
      .option("--observed", "compare what is declared with what the last test runs did")
      .option("--database <url>", "and with what the app on this database noted; implies --observed"),
  async run(desk, options) {
    const format = formatOf(options);
    const [{ loadGraph }, { render }, { writeOutput }] = await Promise.all([
      import("../graph/load-graph.ts"),
      import("../graph/render.ts"),
      import("../graph/output.ts"),
    ]);
    const subject = await loadGraph(desk.project, {
      module: options.module,
      canvas: options.canvas,
      hasCanvases: format === "html",
      isObserved: options.observed === true || options.database !== undefined,
      database: options.database,
      signal: desk.signal,
    });
    const text = await render(subject, format, terminalWidth());
    if (options.out === undefined) {
      desk.answer(subject, () => text.trimEnd());
    } else {
      writeOutput(options.out, text);
      desk.note(`Wrote ${options.out}.`);
    }
    return EXIT.done;
  },
});

function formatOf({ format: given, json, canvas, module, observed, database }: GraphOptions): Form {
  if (json === true && given !== "text" && given !== "json") {
    throw new UsageError(`--json and --format ${given} are two forms. Give one of them.`);
  }
  const format = json === true ? "json" : given;
  const possible = canvas === undefined ? OF_GRAPH : OF_CANVAS;
  if (!possible.includes(format)) {
    throw new UsageError(
      `${canvas === undefined ? "The graph" : "A canvas"} cannot be drawn as ${format}. It can as ${possible.join(", ")}.`,
    );
  }
  const isObserved = observed === true || database !== undefined;
  if (canvas !== undefined && (module !== undefined || isObserved)) {
    throw new UsageError(
      "--canvas shows one module by itself. Leave out --module, --observed and --database.",
    );
  }
  if (isObserved && (format === "svg" || format === "mermaid")) {
    throw new UsageError(`--observed has no form in ${format}. It has in text, html and json.`);
  }
  return format;
}
