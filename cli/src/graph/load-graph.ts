import { around, type ModuleGraph, moduleGraph } from "@ashlar/graph";
import { UsageError } from "../exit-code.ts";
import { loadModel } from "../model/model.ts";
import type { Project } from "../project/project.ts";
import type { Canvas } from "./canvas.ts";
import type { Comparison } from "./comparison.ts";
import { findCalls } from "./found-calls.ts";

export interface Wanted {
  /** Only this module and its neighbours. */
  readonly module?: string | undefined;
  /** The canvas of this module instead of the graph. */
  readonly canvas?: string | undefined;
  readonly hasCanvases: boolean;
  readonly isObserved: boolean;
  /** URL of the database of a running app. */
  readonly database?: string | undefined;
  readonly signal: AbortSignal;
}

/** What a call of `ashlar graph` is about: with --json this is the answer. */
export type Subject = GraphSubject | CanvasSubject;

export interface GraphSubject {
  readonly graph: ModuleGraph;
  readonly canvases?: readonly Canvas[];
  readonly comparison?: Comparison;
}

export interface CanvasSubject {
  readonly canvas: Canvas;
}

/** Throws UsageError for a module that the project does not have, ModelError when its modules cannot be loaded. */
export async function loadGraph(project: Project, wanted: Wanted): Promise<Subject> {
  const { app } = await loadModel(project, wanted.signal);
  for (const name of [wanted.module, wanted.canvas]) {
    if (name === undefined || app.modules.some((module) => module.name === name)) continue;
    const names = app.modules.map((module) => module.name).join(", ");
    throw new UsageError(
      `There is no module ${name}. ${names === "" ? "The project has none." : `There are ${names}.`}`,
    );
  }
  const whole = moduleGraph(app, findCalls(project));
  const canvases =
    wanted.hasCanvases || wanted.canvas !== undefined
      ? await (await import("./canvas.ts")).canvasesOf(project, app, whole)
      : [];
  if (wanted.canvas !== undefined) {
    return { canvas: canvases.find(({ module }) => module === wanted.canvas)! };
  }
  const graph = wanted.module === undefined ? whole : around(whole, wanted.module);
  return {
    graph,
    ...(wanted.hasCanvases
      ? { canvases: canvases.filter(({ module }) => graph.modules.some(({ name }) => name === module)) }
      : {}),
    ...(wanted.isObserved ? { comparison: await compareWithObserved(project, graph, wanted) } : {}),
  };
}

async function compareWithObserved(
  project: Project,
  graph: ModuleGraph,
  { database, module }: Wanted,
): Promise<Comparison> {
  const [{ readObserved }, { compare }] = await Promise.all([
    import("../observed/observed.ts"),
    import("./comparison.ts"),
  ]);
  return compare(graph, await readObserved(project, { database }), module);
}
