import { Command } from "commander";
import type { ExitCode } from "./exit-code.ts";

/** Where a command puts what it has to say. */
export interface Desk {
  /** The answer: as JSON with --json, otherwise as `text` makes it. */
  answer<Value>(value: Value, text: (value: Value) => string): void;
  /** A word beside the answer, on standard error; left out with --json. */
  note(text: string): void;
  /** A line on standard error that is written over, on a terminal; left out with --json. */
  progress(text: string): void;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
}

/** One command, of one file. What `run` needs of libraries it imports when it runs: --help of one must not load all. */
export interface CommandParts<Options, Place extends Desk> {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** What to know beyond the summary; shown with --help. */
  readonly details?: string;
  /** A line to type, shown with --help. */
  readonly example: string;
  /** Adds arguments and options. */
  configure?(command: Command): void;
  run(place: Place, options: Options, words: readonly string[]): Promise<ExitCode>;
}

export type MakeCommand = (end: (code: ExitCode) => void, signal: AbortSignal) => Command;

/** Opens what a kind of commands works on, and closes it again when the work has ended. */
export type AtWork<Options, Place extends Desk> = (
  desk: Desk,
  options: Options,
  work: (place: Place) => Promise<ExitCode>,
) => Promise<ExitCode>;

/** The base of `databaseCommand` and `projectCommand`. */
export function makeCommand<Options, Common, Place extends Desk>(
  parts: CommandParts<Options, Place>,
  addCommon: (command: Command) => void,
  atWork: AtWork<Common, Place>,
): MakeCommand {
  return (end, signal) => {
    const command = new Command(parts.name).description(parts.summary);
    parts.configure?.(command);
    addCommon(command);
    command
      .option("--json", "answer as JSON")
      .addHelpText(
        "after",
        `${parts.details === undefined ? "" : `\n${parts.details}\n`}\nExample:\n  ${parts.example}`,
      )
      .action(async (...given: unknown[]) => {
        const options = given.at(-2) as Options & Common & { readonly json?: true };
        const words = (given.slice(0, -2) as (string | readonly string[] | undefined)[])
          .flat()
          .filter((word) => word !== undefined);
        const line = new StatusLine(options.json !== true);
        try {
          end(
            await atWork(deskOf(line, options.json === true, signal), options, (place) =>
              parts.run(place, options, words),
            ),
          );
        } finally {
          line.clear();
        }
      });
    return command;
  };
}

function deskOf(line: StatusLine, asJson: boolean, signal: AbortSignal): Desk {
  return {
    signal,
    answer: (value, text) => {
      line.clear();
      console.log(asJson ? JSON.stringify(value, null, 2) : text(value));
    },
    note: (text) => {
      line.clear();
      if (!asJson) console.error(text);
    },
    progress: (text) => line.show(text),
  };
}

class StatusLine {
  readonly #isShown: boolean;
  #isThere = false;

  constructor(isWanted: boolean) {
    this.#isShown = isWanted && process.stderr.isTTY === true;
  }

  show(text: string): void {
    if (!this.#isShown) return;
    this.#isThere = true;
    process.stderr.write(`\r${text}\u001b[K`);
  }

  clear(): void {
    if (this.#isThere) process.stderr.write("\r\u001b[K");
    this.#isThere = false;
  }
}
