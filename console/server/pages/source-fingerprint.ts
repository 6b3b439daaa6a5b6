import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** Below the console's package: what the pages are made of. */
const SOURCES = ["ui/src", "ui/public", "ui/index.html", "ui/vite.config.ts", "api", "package.json"];

/** Differs whenever the built pages would; null where the package came without the sources. */
export function sourceFingerprint(packageRoot: string): string | null {
  if (!existsSync(join(packageRoot, "ui", "vite.config.ts"))) return null;
  const hash = createHash("sha256");
  for (const path of SOURCES.flatMap((source) => filesIn(join(packageRoot, source))).sort()) {
    hash.update(relative(packageRoot, path).split(sep).join("/")).update("\0");
    hash.update(createHash("sha256").update(readFileSync(path)).digest());
  }
  return hash.digest("hex");
}

function filesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if ((error as { code?: string }).code === "ENOTDIR") return [path];
    throw error;
  }
}
