import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const require = createRequire(import.meta.url);

/**
 * Loads a package that only the bench has. Its types are not asked for: the bench is checked with the rest of the
 * repository, also where nobody has installed the peers.
 */
export async function loadPeer<Exports>(name: string): Promise<Exports> {
  return (await import(pathToFileURL(require.resolve(name)).href)) as Exports;
}

/** Null when the package is there, or else what to do. */
export async function missingPeer(name: string): Promise<string | null> {
  try {
    require.resolve(name);
    return null;
  } catch {
    return `${name} is not installed: run \`npm ci --prefix bench\``;
  }
}

/** Null when the program is there, or else what to do. */
export async function missingProgram(file: string, hint: string): Promise<string | null> {
  try {
    await promisify(execFile)(file, ["--version"]);
    return null;
  } catch {
    return `there is no ${file} on this machine: ${hint}`;
  }
}
