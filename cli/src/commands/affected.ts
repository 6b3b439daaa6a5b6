import type { AffectedPackage } from "../affected/affected.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { projectCommand } from "../project-command.ts";
import { colour, plural } from "../table.ts";

interface AffectedOptions {
  readonly since: string;
  readonly list?: true;
  readonly json?: true;
}

export const affected = projectCommand<AffectedOptions>({
  name: "affected",
  summary: "Say which modules and packages a change touches, and run only their tests.",
  details:
    "Compares the working tree, with what is not committed yet, with the commit where its branch left\n" +
    "the revision. A module's contract reaches the modules that depend on it; the rest of a module only\n" +
    "those packages that compose modules, because no module, nor its tests, can see another's inside. A\n" +
    "file outside of all packages reaches everything. The tests are run by the project's `npm test`,\n" +
    "whose exit code becomes this one's.",
  example: "ashlar affected --since main --list",
  configure: (command) =>
    command
      .requiredOption("--since <revision>", "the branch, tag or commit to compare with")
      .option("--list", "only say what is affected"),
  async run(desk, { since, list, json }) {
    const [{ changedFiles, projectFiles }, { affectedBy }] = await Promise.all([
      import("../affected/changed-files.ts"),
      import("../affected/affected.ts"),
    ]);
    const { project } = desk;
    const { base, files: changed } = await changedFiles(project.root, since);
    const app = changed.length === 0 ? null : await modelOrNull(desk);
    const { everything, packages } = affectedBy({
      project,
      app,
      changed,
      files: await projectFiles(project.root),
    });
    const tests = packages.flatMap((each) => each.tests);
    desk.answer({ since, base, changed, everything, affected: packages, tests }, () =>
      packages.length === 0
        ? `Nothing is affected: ${plural(changed.length, "changed file")} since ${since}.`
        : [
            `${plural(changed.length, "file")} changed since ${since} (${base.slice(0, 7)}).`,
            ...(everything === null ? [] : [`Everything is affected: ${everything}.`]),
            ...packages.map((each) => lineOf(each, everything)),
          ].join("\n"),
    );
    if (list === true || packages.length === 0) return EXIT.done;
    if (tests.length === 0) {
      desk.note("There are no tests of what is affected.");
      return EXIT.done;
    }
    const { runProjectTests } = await import("../affected/run-tests.ts");
    // Whatever the project's script ends with: its caller knows what it means.
    return (await runProjectTests(project, everything === null ? tests : [], json === true)) as ExitCode;
  },
});

/** In the middle of a change modules often cannot be loaded. The manifests then say who depends on whom. */
async function modelOrNull(desk: Parameters<Parameters<typeof projectCommand>[0]["run"]>[0]) {
  const { loadModel, ModelError } = await import("../model/model.ts");
  try {
    return (await loadModel(desk.project, desk.signal)).app;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    desk.note("The modules cannot be loaded, so what they depend on is taken from their package.json.");
    return null;
  }
}

function lineOf({ name, reasons, tests }: AffectedPackage, everything: string | null): string {
  const own = reasons.filter((reason) => reason !== everything).join("; ");
  const count = colour("dim", `(${plural(tests.length, "test file")})`);
  return `${colour("bold", name)}${own === "" ? "" : `: ${own}`} ${count}`;
}
