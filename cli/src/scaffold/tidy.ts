import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Change } from "./change.ts";

/** Processes of the formatter at once. */
const AT_ONCE = 4;

/**
 * Has the project's own Biome lay out what is generated: names can be long, and settings other than ours. A file that was not
 * laid out by it before is left as it is but for the edit.
 */
export async function tidied(root: string, changes: readonly Change[]): Promise<Change[]> {
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  if (!existsSync(biome) || !existsSync(join(root, "biome.json"))) return [...changes];
  const result = [...changes];
  let next = 0;
  const work = async () => {
    while (next < result.length) {
      const index = next++;
      const change = result[index]!;
      if (!/\.(?:ts|json)$/.test(change.file) || change.file.endsWith("package-lock.json")) continue;
      const { before, file, after } = change;
      if (before !== null && (await laidOut(biome, root, file, before)) !== before) continue;
      result[index] = { ...change, after: (await laidOut(biome, root, file, after)) ?? after };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return result;
}

/** Null when Biome does not take the file. */
async function laidOut(biome: string, root: string, file: string, text: string): Promise<string | null> {
  const child = spawn(process.execPath, [biome, "check", "--write", `--stdin-file-path=${file}`], {
    cwd: root,
    stdio: ["pipe", "pipe", "ignore"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    output += part;
  });
  // One that ends early tells by its exit code.
  child.stdin.on("error", () => {});
  child.stdin.end(text);
  return await new Promise((resolve) => {
    child.once("error", () => resolve(null));
    child.once("close", (code) => resolve(code === 0 && output !== "" ? output : null));
  });
}
