import type { QueueAdministration } from "ashlar/jobs";
import { type CommandParts, type Desk, type MakeCommand, makeCommand } from "./command.ts";
import type { ExitCode } from "./exit-code.ts";

/** What a command is given that works on the queues of a database. */
export interface Workplace extends Desk {
  readonly administration: QueueAdministration;
}

interface DatabaseOptions {
  readonly database?: string;
}

/** A command that works on a database. */
export function databaseCommand<Options>(parts: CommandParts<Options, Workplace>): MakeCommand {
  return makeCommand<Options, DatabaseOptions, Workplace>(
    parts,
    (command) =>
      command.option(
        "--database <url>",
        "the database, as its administrator; else DATABASE_URL, else the project's own",
      ),
    openQueues,
  );
}

async function openQueues(
  desk: Desk,
  { database }: DatabaseOptions,
  work: (workplace: Workplace) => Promise<ExitCode>,
): Promise<ExitCode> {
  const [{ openDatabase }, { QueueAdministration }] = await Promise.all([
    import("./database.ts"),
    import("ashlar/jobs"),
  ]);
  const opened = await openDatabase(database);
  try {
    const administration = await QueueAdministration.open(opened.url);
    try {
      return await work({ ...desk, administration });
    } finally {
      await administration.close();
    }
  } finally {
    await opened.close();
  }
}
