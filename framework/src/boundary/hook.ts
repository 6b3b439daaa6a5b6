import { registerHooks } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { BoundaryError } from "./boundary-error.ts";
import { packageOf } from "./package-of.ts";
import { type Place, trespassOf } from "./trespass.ts";

let installed = false;

/**
 * Makes Node refuse imports that cross a wall between modules: static, dynamic, `require`, `require.resolve` and
 * `import.meta.resolve`, in worker threads too. Installing it twice is installing it once.
 *
 * It must run before the first module is loaded, because Node resolves a whole graph of static imports before it
 * runs any of it: preload it with `node --import ashlar/boundary/register`. It stops accidents, not malice, and does
 * not look into node_modules.
 */
export function installBoundary(): void {
  if (installed) return;
  installed = true;
  // About 3 µs a resolution inside a module, less elsewhere: lost in the noise of a start of half a second.
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const from = context.parentURL === undefined ? null : placeOf(context.parentURL);
      if (from === null || !from.package.isModule) return resolved;
      const to = placeOf(resolved.url);
      const trespass = to === null ? null : trespassOf(from, specifier, to);
      if (trespass !== null) throw new BoundaryError(trespass, specifier, from.file);
      return resolved;
    },
  });
}

/** Whether the walls are up in this thread. */
export function isBoundaryInstalled(): boolean {
  return installed;
}

// Node has resolved symbolic links by now, so a workspace package shows its real place and not its link.
function placeOf(url: string): Place | null {
  if (!url.startsWith("file:") || url.includes("/node_modules/")) return null;
  const file = fileURLToPath(url);
  const owner = packageOf(dirname(file));
  return owner === null ? null : { file, package: owner };
}
