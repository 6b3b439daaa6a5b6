import type { Draft } from "./draft.ts";

interface Lock {
  readonly lockfileVersion?: number;
  readonly packages?: Record<string, Record<string, unknown>>;
}

/** A package of the workspace that npm is to know of, with what its manifest says now. */
export interface LockedPackage {
  readonly directory: string;
  readonly manifest: {
    readonly name?: string;
    readonly version?: string;
    readonly license?: string;
    readonly dependencies?: Readonly<Record<string, string>>;
  };
}

/**
 * Writes what `npm install` would for packages of the workspace that depend on nothing new: so that `npm ci` takes the lock,
 * and nobody has to ask a registry. Does nothing without a lock of npm 7 or later.
 */
export function lockPackages(draft: Draft, packages: readonly LockedPackage[]): void {
  const text = draft.find("package-lock.json");
  if (text === null) return;
  const lock = JSON.parse(text) as Lock;
  if (lock.packages === undefined || (lock.lockfileVersion ?? 0) < 2) return;
  const entries = { ...lock.packages };
  for (const { directory, manifest } of packages) {
    const { name, version, license, dependencies } = manifest;
    entries[`node_modules/${name}`] = { resolved: directory, link: true };
    entries[directory] = {
      ...entries[directory],
      name,
      version,
      ...(license === undefined ? {} : { license }),
      ...(dependencies === undefined ? {} : { dependencies: sorted(dependencies) }),
    };
  }
  draft.edit(
    "package-lock.json",
    () => `${JSON.stringify({ ...lock, packages: sorted(entries) }, null, 2)}\n`,
  );
}

/** In the order in which npm writes them. */
function sorted<Value>(entries: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => a.localeCompare(b, "en")));
}
