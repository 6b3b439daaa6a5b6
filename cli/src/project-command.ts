import { type CommandParts, type Desk, type MakeCommand, makeCommand } from "./command.ts";
import type { Project } from "./project/project.ts";

/** What a command is given that works on the sources of a project. */
export interface ProjectDesk extends Desk {
  readonly project: Project;
}

interface ProjectOptions {
  readonly root?: string;
}

/** A command that works on the project around the current directory. */
export function projectCommand<Options>(parts: CommandParts<Options, ProjectDesk>): MakeCommand {
  return makeCommand<Options, ProjectOptions, ProjectDesk>(
    parts,
    (command) => command.option("--root <directory>", "the project; else the one around this directory"),
    async (desk, { root }, work) => {
      const { findProject } = await import("./project/project.ts");
      return await work({ ...desk, project: findProject(root) });
    },
  );
}

/** A command that needs neither a project nor a database. */
export function plainCommand<Options>(parts: CommandParts<Options, Desk>): MakeCommand {
  return makeCommand<Options, object, Desk>(
    parts,
    () => {},
    (desk, _options, work) => work(desk),
  );
}
