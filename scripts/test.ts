// `npm test [-- <file or part of a path> ...]`: runs the suites under the boundary hook on one Postgres of their own,
// and the shop's suites a second time with every call between modules serialised.

import { globSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import {
  CALLS_VARIABLE,
  runTests,
  startTestServer,
  TEST_SERVER_VARIABLE,
} from "../framework/src/testing/index.ts";

const SUITES = [
  "framework/test",
  "graph/test",
  "cli/test",
  "console/test",
  "shop/modules/*/test",
  "shop/hosts/*/test",
  "shop/payment-provider/test",
  "shop/incidents/test",
  "shop/test",
  "bench/test",
  "scripts/test",
];

/** Two minutes, so only when it is named: the console's walks plant the same incidents, but do not wait for their end. */
const LONG = "shop/incidents/test";

const root = join(import.meta.dirname, "..");
const files = selected(process.argv.slice(2));
if (files.length === 0) {
  console.error(`No test file matches ${process.argv.slice(2).join(" ")}.`);
  process.exit(1);
}

const interrupted = new AbortController();
// Once: a second Ctrl-C ends the run without waiting for anything.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());

const total = { passed: 0, failed: 0 };
const server = process.env[TEST_SERVER_VARIABLE] === undefined ? await startTestServer() : null;
try {
  if (server !== null) process.env[TEST_SERVER_VARIABLE] = server.url;
  await runFiles(files, false);
  const shop = files.filter((file) => file.startsWith("shop/"));
  if (shop.length > 0 && process.env[CALLS_VARIABLE] === undefined && !interrupted.signal.aborted) {
    console.log(`\nThe shop again, with ${CALLS_VARIABLE}=serialised:\n`);
    await runFiles(shop, true);
  }
} finally {
  await server?.stop();
}
console.log(`${total.passed} passed, ${total.failed} failed`);
if (interrupted.signal.aborted) process.exitCode = 130;
else if (total.failed > 0) process.exitCode = 1;

/** Every test file, or those named and those whose path contains what was given. */
function selected(wanted: readonly string[]): string[] {
  const all = SUITES.flatMap((suite) => globSync(`${suite}/**/*.test.ts`, { cwd: root })).sort();
  if (wanted.length === 0) return all.filter((file) => !file.startsWith(`${LONG}/`));
  return all.filter((file) =>
    wanted.some((part) => file.includes(part) || file === relative(root, resolve(part))),
  );
}

async function runFiles(paths: readonly string[], serialised: boolean): Promise<void> {
  const { passed, failed } = await runTests({
    root,
    files: paths,
    serialised,
    signal: interrupted.signal,
    write: (text) => process.stdout.write(text),
  });
  total.passed += passed;
  total.failed += failed;
}
