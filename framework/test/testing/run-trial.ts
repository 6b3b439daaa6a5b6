import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { TEST_SERVER_VARIABLE, testServerUrl } from "../../src/testing/index.ts";

export interface Outcome {
  readonly status: number | null;
  /** All that the file reported, in TAP. */
  readonly output: string;
}

/** Runs one file of `trial-files/` as `node --test` does: in a process of its own, on the run's server. */
export async function runTrial(file: string, environment: Record<string, string> = {}): Promise<Outcome> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(`trial-files/${file}`, import.meta.url))], {
    env: {
      PATH: process.env.PATH,
      [TEST_SERVER_VARIABLE]: await testServerUrl(),
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
    // Were the kit not to end a file that leaks, this would.
    timeout: 30_000,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const [status] = (await once(child, "close")) as [number | null];
  return { status, output };
}
