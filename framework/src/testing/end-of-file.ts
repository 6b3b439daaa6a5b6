import { AsyncLocalStorage } from "node:async_hooks";
import { after } from "node:test";

// node:test binds a hook to the test or hook that it is registered in. Taken while this file is loaded, which is
// outside of all tests, the snapshot leads back to the file itself, from wherever the kit is called.
const inFile = AsyncLocalStorage.snapshot();

let works: (() => Promise<void>)[] | null = null;

/**
 * Runs `work` once all tests and all `after` hooks of this test file are through, the youngest work first, whether
 * or not the tests passed. All works run, even if one throws; their errors fail the file.
 */
export function atEndOfFile(work: () => Promise<void>): void {
  if (works === null) {
    works = [];
    // A hook registered by a running one comes after all that the author has registered by then, so what those
    // stop (a server on the app, say) is gone when the app is stopped and the leaks are counted.
    inFile(() => after(() => inFile(() => after(runAll))));
  }
  works.push(work);
}

async function runAll(): Promise<void> {
  const errors: unknown[] = [];
  for (let work = works?.pop(); work !== undefined; work = works?.pop()) {
    await work().catch((error: unknown) => errors.push(error));
  }
  if (errors.length === 0) return;
  const error =
    errors.length === 1
      ? errors[0]
      : new AggregateError(errors, errors.map((each) => (each as Error).message).join("\n"));
  endSoon(error);
  throw error;
}

const TIME_TO_REPORT_MS = 500;

/**
 * What leaked may keep this process alive, and the run waiting for it, for ever. Then the reporter of a file that
 * was started by hand never gets to its summary either, so the error is printed here.
 */
function endSoon(error: unknown): void {
  // Of an error in a hook of the file, node:test tells its parent process, but not the shell.
  process.exitCode = 1;
  setTimeout(() => {
    console.error(error);
    process.exit();
  }, TIME_TO_REPORT_MS).unref();
}
