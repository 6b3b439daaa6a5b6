// What `ashlar graph` knows of the shop in this repository.
import { join } from "node:path";
import { findCalls } from "../../src/graph/found-calls.ts";
import { moduleGraph } from "../../src/graph/module-graph.ts";
import { loadModel } from "../../src/model/model.ts";
import { findProject } from "../../src/project/project.ts";

export const project = findProject(join(import.meta.dirname, "../../.."));
export const { app } = await loadModel(project);
export const graph = moduleGraph(app, findCalls(project));
