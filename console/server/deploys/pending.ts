import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { App } from "ashlar/module";
import type { PendingMigration } from "../../api/deploys.ts";
import type { AppliedFile } from "./migrations.ts";

const FILE = /^(\d{4})_[a-z0-9_]+\.sql$/;

/** Files beside this instance that the database does not have yet: those of a release that was not started. */
export async function pendingMigrations(
  app: App,
  applied: readonly Pick<AppliedFile, "module" | "source" | "version">[],
): Promise<PendingMigration[] | null> {
  const pending: PendingMigration[] = [];
  for (const { name, migrations } of app.graph.modules) {
    if (migrations === null) continue;
    const versions = applied.filter(({ module, source }) => module === name && source === "module");
    const newest = Math.max(0, ...versions.map(({ version }) => version));
    try {
      for (const file of (await readdir(fileURLToPath(migrations))).sort()) {
        const version = Number(FILE.exec(file)?.[1] ?? 0);
        if (version > newest) pending.push({ module: name, file });
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }
  return pending;
}
