// `npm run release -- pack [--out DIR]`: the packages as they are published, as tarballs.
// `npm run release -- trial`: a stranger's first minute with those tarballs, in an empty folder.

import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { packAll } from "./release/pack.ts";

const USAGE = "npm run release -- pack [--out DIR] | trial [--cold] [--keep]";
const root = join(import.meta.dirname, "..");

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(words: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { out: { type: "string" }, keep: { type: "boolean" }, cold: { type: "boolean" } },
  });
  switch (positionals.join(" ")) {
    case "pack": {
      const out = resolve(values.out ?? join(root, ".ashlar", "packages"));
      for (const { name, version, file, bytes, entries } of await packAll(root, out)) {
        console.log(
          `${name}@${version}  ${entries.length} files, ${Math.round(bytes / 1000)} kB  ${relative(process.cwd(), file)}`,
        );
      }
      return 0;
    }
    case "trial": {
      const { trial } = await import("./release/trial.ts");
      return await trial(root, { keep: values.keep === true, cold: values.cold === true });
    }
    default:
      console.error(`Usage: ${USAGE}`);
      return 2;
  }
}
