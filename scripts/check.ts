// `npm run check`: every gate runs even if one before it fails, so that one round shows all that is wrong.

import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const terminal = process.stdout.isTTY === true;
const gates = [
  {
    name: "format and lint",
    script: "node_modules/@biomejs/biome/bin/biome",
    args: ["ci", `--colors=${terminal ? "force" : "off"}`, "."],
  },
  { name: "types", script: "node_modules/typescript/bin/tsc", args: ["-b", "--pretty", `${terminal}`] },
  { name: "walls", script: "cli/bin/ashlar.js", args: ["check"] },
  { name: "contracts", script: "cli/bin/ashlar.js", args: ["contracts", "check"] },
];

const results = await Promise.all(gates.map(run));
for (const { name, passed, output } of results) {
  if (!passed) console.error(`--- ${name}\n${output.trimEnd()}\n`);
}
for (const { name, passed, seconds } of results) {
  console.log(`${passed ? "ok    " : "FAILED"}  ${name.padEnd(16)} ${seconds.toFixed(1)} s`);
}
if (results.some(({ passed }) => !passed)) process.exitCode = 1;

/** Runs one gate with this Node, whatever the PATH says, and keeps what it prints in the order of printing. */
function run(gate: { name: string; script: string; args: string[] }) {
  const started = performance.now();
  const child = spawn(process.execPath, [join(root, gate.script), ...gate.args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const collect = (chunk: string) => {
    output += chunk;
  };
  child.stdout.setEncoding("utf8").on("data", collect);
  child.stderr.setEncoding("utf8").on("data", collect);
  return new Promise<{ name: string; passed: boolean; output: string; seconds: number }>(
    (resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => {
        if (signal !== null) output += `\nstopped by ${signal}`;
        const seconds = (performance.now() - started) / 1000;
        resolve({ name: gate.name, passed: code === 0, output, seconds });
      });
    },
  );
}
