import { QueueAdministration } from "ashlar/jobs";
import { Command } from "commander";
import { openDatabase } from "./database.ts";
import type { ExitCode } from "./exit-code.ts";

/** What a command is given to work with. */
export interface Workplace {
  readonly administration: QueueAdministration;
  /** The answer: as JSON with --json, otherwise as `text` makes it. */
  answer<Value>(value: Value, text: (value: Value) => string): void;
  /** A word beside the answer, on standard error; left out with --json. */
  note(text: string): void;
  /** A line on standard error that is written over, on a terminal; left out with --json. */
  progress(text: string): void;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
}

/** One command, of one file. */
export interface CommandParts<Options> {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** What to know beyond the summary; shown with --help. */
  readonly details?: string;
  /** A line to type, shown with --help. */
  readonly example: string;
  /** Adds arguments and options. */
  configure?(command: Command): void;
  run(workplace: Workplace, options: Options, words: readonly string[]): Promise<ExitCode>;
}

export type MakeCommand = (end: (code: ExitCode) => void, signal: AbortSignal) => Command;

interface CommonOptions {
  readonly json?: true;
  readonly database?: string;
}

/** A command that works on a database. */
export function databaseCommand<Options>(parts: CommandParts<Options>): MakeCommand {
  return (end, signal) => {
    const command = new Command(parts.name).description(parts.summary);
    parts.configure?.(command);
    command
      .option(
        "--database <url>",
        "the database, as its administrator; else DATABASE_URL, else the project's own",
      )
      .option("--json", "answer as JSON")
      .addHelpText(
        "after",
        `${parts.details === undefined ? "" : `\n${parts.details}\n`}\nExample:\n  ${parts.example}`,
      )
      .action(async (...given: unknown[]) => {
        const options = given.at(-2) as Options & CommonOptions;
        const words = (given.slice(0, -2) as (string | readonly string[] | undefined)[])
          .flat()
          .filter((word) => word !== undefined);
        end(await atWork(options, signal, (workplace) => parts.run(workplace, options, words)));
      });
    return command;
  };
}

async function atWork(
  { json, database }: CommonOptions,
  signal: AbortSignal,
  work: (workplace: Workplace) => Promise<ExitCode>,
): Promise<ExitCode> {
  const opened = await openDatabase(database);
  try {
    const administration = await QueueAdministration.open(opened.url);
    const line = new StatusLine(json !== true);
    try {
      return await work({
        administration,
        signal,
        answer: (value, text) => {
          line.clear();
          console.log(json === true ? JSON.stringify(value, null, 2) : text(value));
        },
        note: (text) => {
          line.clear();
          if (json !== true) console.error(text);
        },
        progress: (text) => line.show(text),
      });
    } finally {
      line.clear();
      await administration.close();
    }
  } finally {
    await opened.close();
  }
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
