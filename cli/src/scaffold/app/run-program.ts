import { spawn } from "node:child_process";

export interface ProgramEnd {
  /** Null when a signal ended it or it could not be started. */
  readonly code: number | null;
  /** What it wrote, both streams, in the order of arrival. */
  readonly output: string;
}

/** Runs a program to its end, however that comes; aborting asks it to end and waits. Never rejects. */
export function runProgram(
  file: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly signal: AbortSignal },
): Promise<ProgramEnd> {
  const child = spawn(file, args, {
    cwd: options.cwd,
    stdio: ["ignore", "pipe", "pipe"],
    // npm is a script there.
    shell: process.platform === "win32",
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const end = () => child.kill("SIGTERM");
  options.signal.addEventListener("abort", end, { once: true });
  return new Promise((resolve) => {
    const ended = (code: number | null) => {
      options.signal.removeEventListener("abort", end);
      resolve({ code, output });
    };
    child.once("error", (error) => {
      output += error.message;
      ended(null);
    });
    child.once("close", ended);
  });
}
