import { basename } from "node:path";
import type { Draft } from "./draft.ts";
import { sourcesOf } from "./layout.ts";
import type { ModuleSource } from "./module-source.ts";
import { camelCase } from "./names.ts";
import { editByHand } from "./scaffold-error.ts";
import { addImport } from "./source/imports.ts";
import { addElement, addProperty } from "./source/insert.ts";
import { callsOf, nodesOf, syntaxOf, unwrapped, valueAt } from "./source/syntax.ts";

/** What a module's tests start it by: the function `…App` that a file beside them exports. */
export interface TestScene {
  /** Its name in the test folder. */
  readonly file: string;
  readonly name: string;
}

/** The scene of the module's tests; made where there is none and none is needed but the module alone. */
export function ensureScene(draft: Draft, source: ModuleSource): TestScene {
  const { at, module, contract, files } = source;
  for (const file of sourcesOf(draft.project, at("test"), "*-app.ts")) {
    const name = sceneIn(file, draft.find(file)!);
    if (name !== null) return { file: basename(file), name };
  }
  const file = `${basename(module.directory)}-app.ts`;
  const definition = draft.find(files.definition) ?? "";
  if (/\b(?:uses|reads|settings|ports):/.test(definition)) {
    throw editByHand(
      at(`test/${file}`),
      "is missing, and the module needs more than itself to start",
      "Export there an async function whose name ends in App and that returns what `testApp({ modules: [module], … })` gives.",
    );
  }
  const name = `${camelCase(contract.constant)}App`;
  draft.create(at(`test/${file}`), sceneSource(module.module, name));
  return { file, name };
}

/** Lets the tests' app have a stand-in for another module, unless it has that or the module itself. */
export function addFake(
  draft: Draft,
  source: ModuleSource,
  scene: TestScene,
  other: { readonly constant: string; readonly package: string },
): void {
  draft.edit(source.at(`test/${scene.file}`), (text, file) => {
    const program = syntaxOf(file, text);
    for (const { arguments: given } of callsOf(program, "fake")) {
      if (given[0]?.type === "Identifier" && given[0].name === other.constant) return text;
    }
    const [call] = callsOf(program, "testApp");
    const parts = call?.arguments[0] === undefined ? null : unwrapped(call.arguments[0]);
    if (parts?.type !== "ObjectExpression") {
      throw editByHand(
        file,
        "does not call `testApp` with its parts written out",
        `Give it fake(${other.constant}).`,
      );
    }
    const fakes = valueAt(parts, "fakes");
    if (fakes !== null && fakes.type !== "ArrayExpression") {
      throw editByHand(
        file,
        "has `fakes` that are no list written out",
        `Add fake(${other.constant}) to it.`,
      );
    }
    const element = `fake(${other.constant})`;
    const added =
      fakes === null ? addProperty(text, parts, `fakes: [${element}]`) : addElement(text, fakes, element);
    const imported = addImport(file, added, { from: other.package, names: [other.constant] });
    return addImport(file, imported, { from: "ashlar/testing", names: ["fake"] });
  });
}

/** The name of the function that a file exports as a scene; null when it exports none. */
function sceneIn(file: string, text: string): string | null {
  const program = syntaxOf(file, text);
  for (const node of nodesOf(program)) {
    if (node.type !== "ExportNamedDeclaration" || node.declaration?.type !== "FunctionDeclaration") continue;
    const name = node.declaration.id?.name;
    if (name?.endsWith("App") === true) return name;
  }
  return null;
}

function sceneSource(module: string, name: string): string {
  return `import { testApp } from "ashlar/testing";
import module from "../src/module.ts";

/** The module ${module} by itself, on a database of its own. */
export function ${name}() {
  // The edge asks it for tokens; nothing here comes in by the edge.
  return testApp({ modules: [module], authenticate: async () => null });
}
`;
}
