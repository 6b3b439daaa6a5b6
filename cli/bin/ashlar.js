#!/usr/bin/env node
// Plain JavaScript that any Node can read: on one that is too old it hands over to the Node that the project pins.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NEEDED = 24;
const isTooOld = Number(process.versions.node.split(".")[0]) < NEEDED;

if (!isTooOld) {
  // Half of the time to start goes into reading the sources.
  module.enableCompileCache?.();
  // By the package's name: what it opens is sources here and JavaScript where it is installed.
  const { main } = await import("@ashlar/cli");
  process.exitCode = await main(process.argv.slice(2));
} else {
  const pinned = process.env.ASHLAR_HANDED_OVER === undefined ? pinnedNode() : null;
  if (pinned === null) {
    console.error(
      `ashlar needs Node ${NEEDED} or later; this is ${process.versions.node}. ` +
        `Install it, or pin it in the project: npm install --save-dev node@${NEEDED}`,
    );
    process.exitCode = 1;
  } else {
    handOver(pinned);
  }
}

/** The `node` package of the project that this is called in, or of the one that it is installed in. */
function pinnedNode() {
  const name = process.platform === "win32" ? "node.exe" : "node";
  for (const start of [process.cwd(), dirname(fileURLToPath(import.meta.url))]) {
    for (let directory = start; ; directory = dirname(directory)) {
      const path = join(directory, "node_modules", "node", "bin", name);
      if (existsSync(path)) return path;
      if (directory === dirname(directory)) break;
    }
  }
  return null;
}

function handOver(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, ASHLAR_HANDED_OVER: "1" },
  });
  // A terminal sends Ctrl-C to both; this one waits for the other to end.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("error", (error) => {
    console.error(`ashlar needs Node ${NEEDED}, and ${node} cannot be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
  });
}
