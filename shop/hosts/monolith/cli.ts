// `npm run shop -- COMMAND`. Exit codes: 0 done, 1 it failed, 2 it was called wrongly, 130 it was interrupted.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { createLog } from "ashlar/telemetry";
import type { Logger } from "pino";
import { readConfiguration } from "./configuration.ts";
import { importFile } from "./import-command.ts";
import { failureText } from "./start-failure.ts";
import { stopSignal } from "./stop-signal.ts";

const USAGE = `Usage: npm run shop -- COMMAND

  import FILE   Import products from FILE: CSV when its name ends in .csv, else NDJSON.
                Rows that are no products are listed and the rest goes on, with exit code 0.
                Works beside a running shop; without one it uses the shop's database by itself.
  help          Show this.

The settings are those of npm start; DATABASE_URL chooses another database.`;

const stopping = stopSignal();
let log: Logger | undefined;
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (stopping.aborted) {
    console.error("Interrupted. What was imported so far stays; run the command again to go on.");
    process.exitCode = 130;
  } else {
    console.error(failureText(error));
    log?.debug({ err: error }, "failed");
    process.exitCode = 1;
  }
}

async function main(words: readonly string[]): Promise<number> {
  const [command, ...operands] = readArguments(words) ?? ["", ""];
  if (command === "help" && operands.length === 0) {
    console.log(USAGE);
    return 0;
  }
  const [file, ...surplus] = operands;
  if (command === "import" && file !== undefined && file !== "" && surplus.length === 0) {
    const configuration = readConfiguration(process.env);
    log = createLog({ level: configuration.logLevel });
    // npm runs scripts in the root of the project; a path is meant from where the command was typed.
    const path = resolve(process.env.INIT_CWD ?? ".", file);
    await importFile({ path, shown: file }, configuration, log, stopping);
    return 0;
  }
  console.error(USAGE);
  return 2;
}

/** The words without flags; null when there is a flag that no command has. */
function readArguments(words: readonly string[]): readonly string[] | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: { help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
    return values.help === true ? ["help"] : positionals;
  } catch {
    return null;
  }
}
