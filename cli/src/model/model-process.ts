// Started by `loadModel`; its one argument is what to load, its one message what was found.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { openApi } from "ashlar/http";
import { describeApp, isModule, type Module } from "ashlar/module";
import type { ModelAnswer } from "./model.ts";

const { name, root, modules } = JSON.parse(process.argv[2]!) as {
  readonly name: string;
  readonly root: string;
  readonly modules: readonly string[];
};

const loaded: Module[] = [];
const faults: { file: string; message: string }[] = [];
for (const directory of modules) {
  const file = `${directory}/src/module.ts`;
  try {
    const exported = (await import(pathToFileURL(join(root, file)).href)).default as unknown;
    if (isModule(exported)) loaded.push(exported);
    else
      faults.push({
        file,
        message: "does not export a module; write `export default defineModule(definition, {…})`",
      });
  } catch (error) {
    faults.push({ file, message: error instanceof Error ? error.message : String(error) });
  }
}

const answer: ModelAnswer =
  faults.length > 0
    ? { faults }
    : {
        model: {
          app: describeApp(name, loaded, root),
          openApi: openApi({ name, graph: { modules: loaded } }),
        },
      };
process.send!(answer);
