import { spawn } from "node:child_process";
import { once } from "node:events";
import { extname, join } from "node:path";
import type { AppDescription } from "ashlar/module";
import type { Project } from "../project/project.ts";

/** What the modules of a project say of themselves, all of it plain JSON. */
export interface Model {
  readonly app: AppDescription;
  /** The OpenAPI document of all routes. */
  readonly openApi: object;
}

/** The modules could not be loaded, so nothing can be said about them. */
export class ModelError extends Error {
  override readonly name = "ModelError";
  readonly code = "ASHLAR_CLI_MODEL_UNREADABLE";
}

/** What the child sends. */
export type ModelAnswer =
  | { readonly model: Model }
  | { readonly faults: readonly { readonly file: string; readonly message: string }[] };

/**
 * Loads every module of the project and asks it what it is. That runs the project's own code as far as importing
 * does, so it happens in a process of its own, behind the walls: what it prints or leaves open is not ours.
 * Throws ModelError listing the modules that cannot be loaded.
 */
export async function loadModel(project: Project, signal?: AbortSignal): Promise<Model> {
  const child = spawn(
    process.execPath,
    [
      "--import",
      "ashlar/boundary/register",
      // Published it is JavaScript, here it is not.
      join(import.meta.dirname, `model-process${extname(import.meta.filename)}`),
      JSON.stringify({
        name: project.name,
        root: project.root,
        modules: project.modules.map(({ directory }) => directory),
      }),
    ],
    {
      cwd: project.root,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      ...(signal === undefined ? {} : { signal }),
    },
  );
  let answer: ModelAnswer | undefined;
  let complaint = "";
  child.once("message", (message) => {
    answer = message as ModelAnswer;
    // It has said all it had to; whatever a module has begun at its import ends with it.
    child.kill();
  });
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  await once(child, "close");
  if (answer === undefined) {
    throw new ModelError(`The modules of ${project.name} could not be loaded:\n${complaint.trim()}`);
  }
  if ("model" in answer) return answer.model;
  const lines = answer.faults.map(({ file, message }) => `  - ${file}: ${message}`);
  throw new ModelError(`The modules of ${project.name} could not be loaded:\n${lines.join("\n")}`);
}
