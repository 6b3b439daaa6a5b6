import { Command } from "commander";
import type { ExitCode } from "./exit-code.ts";
import { commands, groups } from "./groups.ts";

const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 nothing matched.`;

/** Help is written for 80 columns wherever it goes, so that the reference has the same. */
const HELP_WIDTH = 80;

/** The command line. `end` is told the exit code of the command that ran; parse errors are thrown. */
export function createProgram(end: (code: ExitCode) => void, signal: AbortSignal): Command {
  const program = new Command("ashlar")
    .description(
      "The command line of Ashlar: checks and generates modules, compares contracts, administers queues.",
    )
    .addHelpText("after", EXIT_CODES);
  for (const make of commands) program.addCommand(make(end, signal));
  for (const group of groups) {
    const parent = new Command(group.name).description(group.summary);
    for (const make of group.commands) parent.addCommand(make(end, signal));
    program.addCommand(parent);
  }
  for (const command of withDescendants(program)) {
    command
      .exitOverride()
      .configureOutput({ getOutHelpWidth: () => HELP_WIDTH, getErrHelpWidth: () => HELP_WIDTH })
      .helpOption("--help", "show this")
      .helpCommand(false)
      .showHelpAfterError(`Try ${pathOf(command)} --help.`);
  }
  return program;
}

/** What --help shows of every command, by what is typed to get there. */
export function helpTexts(): ReadonlyMap<string, string> {
  const program = createProgram(() => {}, new AbortController().signal);
  const texts = new Map<string, string>();
  for (const command of withDescendants(program)) {
    let text = "";
    command.configureOutput({ ...command.configureOutput(), writeOut: (part) => (text += part) });
    command.outputHelp();
    texts.set(pathOf(command), text.trim());
  }
  return texts;
}

function withDescendants(command: Command): Command[] {
  return [command, ...command.commands.flatMap((each) => withDescendants(each as Command))];
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
