import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Project } from "../project/project.ts";

/** There is no way to run the project's tests. */
export class TestScriptError extends Error {
  override readonly name = "TestScriptError";
  readonly code = "ASHLAR_CLI_NO_TEST_SCRIPT";
}

/**
 * Runs the project's own `npm test` with these files, or whole when none are named, and resolves with its exit code. A
 * Ctrl-C reaches it by itself, and it is waited for. With `isQuiet` what it prints goes to standard error.
 */
export async function runProjectTests(
  project: Project,
  files: readonly string[],
  isQuiet: boolean,
): Promise<number> {
  if (project.manifest.scripts?.test === undefined) {
    throw new TestScriptError(
      `package.json of ${project.name} has no script "test". Add one that takes test files: "test": "ashlar test".`,
    );
  }
  const child = spawn("npm", ["test", ...(files.length === 0 ? [] : ["--", ...files])], {
    cwd: project.root,
    stdio: ["ignore", isQuiet ? process.stderr : "inherit", "inherit"],
  });
  const [code] = (await once(child, "close")) as [number | null];
  return code ?? 1;
}
