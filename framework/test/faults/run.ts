// `npm run faults [-- <part of a file's name> ...]`: the long form of the tests in this folder, one after the other.

import { randomInt } from "node:crypto";
import { globSync } from "node:fs";
import { join } from "node:path";
import { run } from "node:test";
import { spec as Spec } from "node:test/reporters";
import { startTestServer, TEST_SERVER_VARIABLE } from "../../src/testing/index.ts";

const wanted = process.argv.slice(2);
const files = globSync("*.test.ts", { cwd: import.meta.dirname })
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
if (files.length === 0) {
  console.error(`No test of faults matches ${wanted.join(" ")}.`);
  process.exit(1);
}

process.env.FAULT_FORM ??= "long";
process.env.FAULT_SEED ??= String(randomInt(1_000_000));
console.log(`FAULT_SEED=${process.env.FAULT_SEED} FAULT_FORM=${process.env.FAULT_FORM}`);

const interrupted = new AbortController();
// Once: a second Ctrl-C ends the run without waiting for anything.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
const server = await startTestServer();
try {
  process.env[TEST_SERVER_VARIABLE] = server.url;
  const results = run({
    cwd: join(import.meta.dirname, "../../.."),
    files: files.map((file) => join(import.meta.dirname, file)),
    // The faults take turns: a rate is measured, and recoveries have a time.
    concurrency: 1,
    execArgv: ["--import", "ashlar/boundary/register"],
    signal: interrupted.signal,
  });
  results.on("test:fail", () => {
    process.exitCode = 1;
  });
  for await (const text of results.compose(new Spec())) process.stdout.write(text);
} finally {
  await server.stop();
}
