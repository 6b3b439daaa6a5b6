import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { PackageSources } from "./manifests.ts";
import { NewAppError } from "./new-app-error.ts";
import { PINNED } from "./pinned-versions.ts";

/** Where the project keeps tarballs that were given to it. */
export const VENDOR = "vendor";

/** A tarball to be put beside the project, so that it depends on nothing outside of it. */
export interface VendoredFile {
  readonly from: string;
  /** Relative to the project. */
  readonly to: string;
}

export interface Packages {
  readonly sources: PackageSources;
  readonly vendored: readonly VendoredFile[];
}

/** The framework's packages from the registry or, for those who try a build of their own, from a directory of tarballs. */
export function packagesFrom(directory: string | undefined, from: string): Packages {
  if (directory === undefined) {
    const { ashlar, "@ashlar/cli": cli, "@ashlar/console": console, "@ashlar/graph": graph } = PINNED;
    return {
      sources: { ashlar, "@ashlar/cli": cli, "@ashlar/console": console, "@ashlar/graph": graph },
      vendored: [],
    };
  }
  const path = resolve(from, directory);
  const ashlar = tarball(path, "ashlar", PINNED.ashlar);
  const graph = tarball(path, "ashlar-graph", PINNED["@ashlar/graph"]);
  const console = tarball(path, "ashlar-console", PINNED["@ashlar/console"]);
  const cli = tarball(path, "ashlar-cli", PINNED["@ashlar/cli"]);
  return {
    sources: {
      ashlar: `file:${VENDOR}/${ashlar}`,
      "@ashlar/graph": `file:${VENDOR}/${graph}`,
      "@ashlar/console": `file:${VENDOR}/${console}`,
      "@ashlar/cli": `file:${VENDOR}/${cli}`,
    },
    vendored: [ashlar, graph, console, cli].map((file) => ({
      from: join(path, file),
      to: `${VENDOR}/${file}`,
    })),
  };
}

function tarball(directory: string, name: string, version: string): string {
  const file = `${name}-${version}.tgz`;
  let entries: string[];
  try {
    entries = readdirSync(directory);
  } catch (cause) {
    throw new NewAppError(
      "ASHLAR_CLI_PACKAGES_MISSING",
      `--packages: ${directory} cannot be read: ${(cause as Error).message}.`,
      { cause },
    );
  }
  if (entries.includes(file)) return file;
  throw new NewAppError(
    "ASHLAR_CLI_PACKAGES_MISSING",
    `--packages: ${directory} has no ${file}; \`npm run release -- pack --out DIR\` of the framework's repository makes it.`,
  );
}
