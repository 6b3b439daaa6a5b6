import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The root of the console's package, from its sources as from what they were compiled to. */
export function packageRoot(): string {
  let directory = import.meta.dirname;
  while (!existsSync(join(directory, "package.json")) && dirname(directory) !== directory) {
    directory = dirname(directory);
  }
  return directory;
}
