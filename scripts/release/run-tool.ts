import { spawn } from "node:child_process";

export interface ToolOptions {
  readonly cwd: string;
  /** On top of this process's own. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Runs a program to its end and resolves with what it wrote on stdout. Throws, with all that it wrote, when it fails. */
export function runTool(file: string, args: readonly string[], options: ToolOptions): Promise<string> {
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let all = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    all += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    all += text;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) return resolve(stdout);
      reject(new Error(`${[file, ...args].join(" ")} ended with ${signal ?? code}:\n${all.trim()}`));
    });
  });
}
