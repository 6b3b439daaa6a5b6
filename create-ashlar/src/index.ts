// `npm create ashlar`. The project is made by the command line's own code, of which the published package carries a
// copy: to depend on the command line would fetch parsers and a database before the first question is asked.
import { parseArgs } from "node:util";
import { EXIT, type ExitCode, UsageError } from "../../cli/src/exit-code.ts";
import { appRequest } from "../../cli/src/scaffold/app/app-request.ts";
import { askApp } from "../../cli/src/scaffold/app/ask-app.ts";
import { newApp } from "../../cli/src/scaffold/app/new-app.ts";
import { toldApp } from "../../cli/src/scaffold/app/told-app.ts";

const HELP = `Usage: npm create ashlar [directory] [-- options]

Makes a new Ashlar project with one module. Asks for what is not given, on a
terminal; elsewhere it takes the usual.

Options:
  --module <name>         the first module
  --thing <name>          what it is about; else its name without a plural's s
  -y, --yes               ask nothing
  --no-install            do not run npm install
  --no-git                do not make it a git repository
  --dry-run               show what would be written, and write nothing
  --packages <directory>  take Ashlar's packages from tarballs in a directory
  --help                  show this

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.

Example:
  npm create ashlar my-shop -- --module orders`;

/** Makes a project as the words say and resolves with the exit code of the process. Never rejects. */
export async function main(words: readonly string[]): Promise<ExitCode> {
  const interrupted = new AbortController();
  // Once: a second Ctrl-C ends the process without waiting for anything.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
  try {
    return await make(words, interrupted.signal);
  } catch (error) {
    if (interrupted.signal.aborted) return EXIT.interrupted;
    console.error((error as Error).message);
    if (process.env.ASHLAR_DEBUG) console.error(error);
    return error instanceof UsageError ? EXIT.wrongUsage : EXIT.failed;
  }
}

async function make(words: readonly string[], signal: AbortSignal): Promise<ExitCode> {
  const { values, positionals } = parse(words);
  if (values.help === true) {
    console.log(HELP);
    return EXIT.done;
  }
  const answered = await askApp({ target: positionals[0], module: values.module }, values.yes === true);
  if (answered === null) return EXIT.interrupted;
  const from = process.cwd();
  const dryRun = values["dry-run"] === true;
  const app = await newApp(appRequest({ ...answered, thing: values.thing }, from), {
    install: values["no-install"] !== true,
    git: values["no-git"] !== true,
    dryRun,
    packages: values.packages,
    from,
    signal,
    progress: (step) => console.error(`${step} …`),
  });
  console.log(toldApp(app, from, dryRun));
  return EXIT.done;
}

function parse(words: readonly string[]) {
  try {
    const parsed = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        module: { type: "string" },
        thing: { type: "string" },
        yes: { type: "boolean", short: "y" },
        "no-install": { type: "boolean" },
        "no-git": { type: "boolean" },
        "dry-run": { type: "boolean" },
        packages: { type: "string" },
        help: { type: "boolean" },
      },
    });
    if (parsed.positionals.length > 1) {
      throw new UsageError(`One project at a time: ${parsed.positionals.join(", ")}. Try --help.`);
    }
    return parsed;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${(error as Error).message} Try --help.`);
  }
}
