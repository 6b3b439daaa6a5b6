// What `ashlar graph` knows of the shop in this repository.
import { join } from "node:path";
import { moduleGraph } from "@ashlar/graph";
import { findCalls } from "../../src/graph/found-calls.ts";
import { loadModel } from "../../src/model/model.ts";
import { findProject } from "../../src/project/project.ts";

export const project = findProject(join(import.meta.dirname, "../../.."));
export const { app } = await loadModel(project);
export const graph = moduleGraph(app, findCalls(project));
