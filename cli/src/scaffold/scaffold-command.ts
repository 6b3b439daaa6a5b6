import type { Command } from "commander";
import type { MakeCommand } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import type { Project } from "../project/project.ts";
import { projectCommand } from "../project-command.ts";
import type { Change } from "./change.ts";
import type { Questions } from "./questions.ts";

/** What a generator would do. */
export interface Plan {
  readonly changes: readonly Change[];
  /** Packages that are new to the workspace. */
  readonly packages?: readonly { readonly name: string; readonly directory: string }[];
  /** What the author does next: a line each. */
  readonly next: readonly string[];
}

interface ScaffoldParts<Options> {
  readonly name: string;
  readonly summary: string;
  readonly details?: string;
  readonly example: string;
  configure(command: Command): void;
  plan(project: Project, ask: Questions, options: Options, words: readonly string[]): Promise<Plan>;
}

/** A command that writes files: asks for what it is not told, and does all of it or nothing. */
export function scaffoldCommand<Options>(parts: ScaffoldParts<Options>): MakeCommand {
  return projectCommand<Options & { readonly dryRun?: true; readonly json?: true }>({
    ...parts,
    configure(command) {
      parts.configure(command);
      command.option("--dry-run", "show what would be written, and write nothing");
    },
    async run({ project, answer, note }, options, words) {
      const { isAsking, QuestionLeft, questions } = await import("./questions.ts");
      const { applyChanges } = await import("./change.ts");
      const { changeListing } = await import("./change-listing.ts");
      const { linkPackage } = await import("./package-links.ts");
      const { tidied } = await import("./tidy.ts");
      try {
        const ask = questions(isAsking(options.json === true));
        const plan = await parts.plan(project, ask, options, words);
        const changes = await tidied(project.root, plan.changes);
        const files = changes.map(({ file, before }) => ({
          file,
          change: before === null ? "new" : "changed",
        }));
        if (options.dryRun === true) {
          answer({ dryRun: true, files, next: [] }, () => changeListing(changes));
          return EXIT.done;
        }
        applyChanges(project.root, changes);
        const isLinked = (plan.packages ?? [])
          .map(({ name, directory }) => linkPackage(project, name, directory))
          .every((linked) => linked);
        const next = isLinked ? plan.next : ["npm install", ...plan.next.slice(0, 2)];
        answer({ dryRun: false, files, next }, () =>
          [...files.map(({ file, change }) => `${change.padEnd(7)}  ${file}`), "", "Next:"]
            .concat(next.map((line) => `  ${line}`))
            .join("\n"),
        );
        return EXIT.done;
      } catch (error) {
        if (!(error instanceof QuestionLeft)) throw error;
        note("Nothing was written.");
        return EXIT.interrupted;
      }
    },
  });
}
