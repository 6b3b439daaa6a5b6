import { CommanderError } from "commander";
import { EXIT, type ExitCode, UsageError } from "./exit-code.ts";
import { createProgram } from "./program.ts";

/** Runs the command that the words say and resolves with the exit code of the process. Never rejects. */
export async function main(words: readonly string[]): Promise<ExitCode> {
  const interrupted = new AbortController();
  // Once: a second Ctrl-C ends the process without waiting for anything.
  const interrupt = () => interrupted.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupt);
  let code: ExitCode = EXIT.wrongUsage;
  try {
    const program = createProgram((ended) => {
      code = ended;
    }, interrupted.signal);
    await program.parseAsync([...words], { from: "user" });
    return code;
  } catch (error) {
    return report(error, words.includes("--json"));
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, interrupt);
  }
}

/** Codes of other errors that only say that the call was wrong. */
const WRONG_USAGE = new Set([
  "ASHLAR_CLI_RATCHET_INVALID",
  "ASHLAR_JOB_ID_INVALID",
  "ASHLAR_JOB_MODULE_UNKNOWN",
  "ASHLAR_JOB_CURSOR_INVALID",
]);

function report(error: unknown, asJson: boolean): ExitCode {
  // Has been told already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongUsage;
  const { message, code } = describe(error);
  console.error(asJson ? JSON.stringify({ error: { code, message } }) : message);
  if (process.env.ASHLAR_DEBUG) console.error(error);
  return error instanceof UsageError || WRONG_USAGE.has(code) ? EXIT.wrongUsage : EXIT.failed;
}

function describe(error: unknown): { message: string; code: string } {
  const { code, message } = error as { code?: unknown; message?: string };
  if (typeof code === "string" && code.startsWith("ASHLAR_")) return { code, message: message ?? code };
  return {
    code: "ASHLAR_CLI_UNEXPECTED",
    message: `ashlar failed unexpectedly: ${message || String(error)}. ASHLAR_DEBUG=1 shows where.`,
  };
}
