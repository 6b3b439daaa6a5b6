import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Baselines, ConsumerReads, ModuleBaseline } from "./baseline.ts";
import { baselineText } from "./baseline-text.ts";
import { isObject } from "./schema-node.ts";

/** Where baselines are, in a project's root. */
export const BASELINES = "contracts";

const OPEN_API = "openapi.json";
const READS = "reads.json";
export const OVERRIDES = "overrides.json";

/** A committed file cannot be used, or a revision cannot be found. The message says which and what to do. */
export class ContractsError extends Error {
  override readonly name = "ContractsError";
  readonly code = "ASHLAR_CLI_CONTRACTS_UNREADABLE";
}

/** Where files of baselines are read from: a directory, or a revision of one. */
export interface BaselineSource {
  /** How people would call it: `contracts`, `a1b2c3d (merge base with origin/main)`. */
  readonly name: string;
  readonly files: readonly string[];
  read(file: string): string;
}

export function directorySource(directory: string, name: string): BaselineSource {
  return {
    name,
    files: existsSync(directory) ? readdirSync(directory).filter((file) => file.endsWith(".json")) : [],
    read: (file) => readFileSync(join(directory, file), "utf8"),
  };
}

/** Null when the source has none: nothing was promised there yet. */
export function readBaselines(source: BaselineSource): Baselines | null {
  const others = new Set([OPEN_API, READS, OVERRIDES]);
  const modules = source.files.filter((file) => !others.has(file));
  if (modules.length === 0 && !source.files.includes(OPEN_API)) return null;
  return {
    modules: Object.fromEntries(modules.map((file) => [file.replace(/\.json$/, ""), moduleOf(source, file)])),
    openApi: source.files.includes(OPEN_API) ? jsonOf(source, OPEN_API) : null,
    reads: source.files.includes(READS) ? (jsonOf(source, READS) as unknown as ConsumerReads) : {},
  };
}

/** Null when there is no such file. */
export function readOverridesFile(source: BaselineSource): unknown {
  return source.files.includes(OVERRIDES) ? jsonOf(source, OVERRIDES) : null;
}

export interface FileChange {
  /** In `contracts/`. */
  readonly file: string;
  readonly change: "added" | "changed" | "removed";
}

/** Which files do not say what `now` does. How they are laid out does not matter. */
export function staleFiles(source: BaselineSource, now: Baselines): readonly FileChange[] {
  const wanted = filesOf(now);
  const others = new Set([OVERRIDES]);
  return [
    ...[...wanted].flatMap(([file, value]): FileChange[] => {
      if (!source.files.includes(file)) return [{ file, change: "added" }];
      const plain = JSON.parse(JSON.stringify(value)) as unknown;
      return isDeepStrictEqual(jsonOf(source, file), plain) ? [] : [{ file, change: "changed" }];
    }),
    ...source.files
      .filter((file) => !wanted.has(file) && !others.has(file))
      .map((file): FileChange => ({ file, change: "removed" })),
  ];
}

/** Writes what differs, and nothing else. */
export function writeBaselines(directory: string, now: Baselines, changes: readonly FileChange[]): void {
  mkdirSync(directory, { recursive: true });
  const wanted = filesOf(now);
  for (const { file, change } of changes) {
    if (change === "removed") rmSync(join(directory, file));
    else writeFileSync(join(directory, file), baselineText(wanted.get(file)));
  }
}

function filesOf({ modules, openApi, reads }: Baselines): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([
    ...Object.entries(modules).map(([name, module]): [string, unknown] => [`${name}.json`, module]),
    ...(openApi === null ? [] : [[OPEN_API, openApi] as [string, unknown]]),
    [READS, reads],
  ]);
}

/** One that was written before a section was thought of promises nothing in it. */
function moduleOf(source: BaselineSource, file: string): ModuleBaseline {
  const value = jsonOf(source, file);
  if (typeof value.module !== "string") {
    throw new ContractsError(
      `${BASELINES}/${file} of ${source.name} is no baseline: it names no module. Remove it.`,
    );
  }
  const empty = {
    operations: {},
    events: {},
    views: {},
    jobs: {},
    subscribers: {},
    schedules: {},
    routes: {},
  };
  return { ...empty, ...value } as unknown as ModuleBaseline;
}

function jsonOf(source: BaselineSource, file: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(source.read(file)) as unknown;
    if (isObject(value)) return value;
    throw new Error("it holds no object");
  } catch (cause) {
    throw new ContractsError(
      `${BASELINES}/${file} of ${source.name} cannot be read: ${(cause as Error).message}. Resolve it, or write it anew with \`ashlar contracts snapshot\`.`,
      { cause },
    );
  }
}
