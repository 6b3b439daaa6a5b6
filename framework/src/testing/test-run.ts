import { availableParallelism } from "node:os";
import { join } from "node:path";
import { run } from "node:test";
import { spec as Spec } from "node:test/reporters";
import { CALLS_VARIABLE } from "./test-app.ts";
import { startTestServer, TEST_SERVER_VARIABLE } from "./test-server.ts";

export interface TestRunOptions {
  /** Root of the project: where the tests run, and what they resolve `ashlar` from. */
  readonly root: string;
  /** Test files, absolute or relative to the root. Each is a process of its own, as many at once as there are cores. */
  readonly files: readonly string[];
  /** Runs calls between modules validated and cloned; as the environment says unless given. */
  readonly serialised?: boolean;
  /** Given the report for people, piece by piece. */
  readonly write?: (text: string) => void;
  /** Ends the run early; what has begun is cut off. */
  readonly signal?: AbortSignal;
}

export interface TestRunResult {
  readonly passed: number;
  readonly failed: number;
}

/** A file that has not ended by then hangs. */
const FILE_TIMEOUT_MS = 180_000;

/**
 * Runs test files behind the boundary hook, on one PostgreSQL for all of them: the server that the environment names
 * or one that starts and ends with the run. Skipped tests count neither way.
 */
export async function runTests(options: TestRunOptions): Promise<TestRunResult> {
  const { root, files, serialised, write, signal } = options;
  const given = process.env[TEST_SERVER_VARIABLE];
  const server =
    given === undefined || given === ""
      ? await startTestServer({ directory: join(root, ".ashlar", "test") })
      : null;
  let result: TestRunResult = { passed: 0, failed: 0 };
  try {
    const results = run({
      cwd: root,
      files: [...files],
      concurrency: availableParallelism(),
      timeout: FILE_TIMEOUT_MS,
      execArgv: ["--import", "ashlar/boundary/register"],
      env: {
        ...process.env,
        ...(server === null ? {} : { [TEST_SERVER_VARIABLE]: server.url }),
        ...(serialised === true ? { [CALLS_VARIABLE]: "serialised" } : {}),
      },
      ...(signal === undefined ? {} : { signal }),
    });
    results.on("test:summary", ({ file, counts }) => {
      // Each file reports too; the one without a file is the sum.
      if (file !== undefined) return;
      result = {
        passed: counts.passed,
        failed: counts.tests - counts.passed - counts.skipped - counts.todo,
      };
    });
    for await (const text of results.compose(new Spec())) write?.(String(text));
  } finally {
    await server?.stop();
  }
  return result;
}
