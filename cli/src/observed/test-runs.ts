import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ObservedEdge, ObservedReads } from "ashlar/module";

/** What the test kit wrote about one run of one test file. */
export interface TestRun {
  /** Relative to the root, with slashes. */
  readonly test: string;
  /** How calls between modules were carried out. */
  readonly calls: "direct" | "serialised";
  readonly at: string;
  readonly edges: readonly ObservedEdge[];
  readonly reads: ObservedReads;
  readonly present: ObservedReads;
}

/** What was observed cannot be read. */
export class ObservedError extends Error {
  override readonly name = "ObservedError";
  readonly code = "ASHLAR_CLI_OBSERVED_UNREADABLE";
}

/** Where the test kit writes, below the project's root: see `ashlar/testing`. */
const DIRECTORY = ".ashlar/observed";
const VERSION = 1;

/** The last run of every test file that is still there. */
export function readTestRuns(root: string): TestRun[] {
  const directory = join(root, DIRECTORY);
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => readRun(root, `${DIRECTORY}/${name}`))
    .filter(({ test }) => existsSync(join(root, test)));
}

function readRun(root: string, file: string): TestRun {
  const text = readFileSync(join(root, file), "utf8");
  let run: Partial<TestRun> & { readonly version?: number };
  try {
    run = JSON.parse(text);
  } catch (cause) {
    throw unreadable(file, `it is no JSON: ${(cause as Error).message}`, cause);
  }
  if (run?.version !== VERSION) {
    throw unreadable(file, `it was written by another version of Ashlar (${run?.version ?? "none given"})`);
  }
  const { test, calls, at, edges, reads, present } = run;
  const isWhole =
    typeof test === "string" &&
    typeof at === "string" &&
    (calls === "direct" || calls === "serialised") &&
    Array.isArray(edges) &&
    edges.every(isEdge) &&
    isReads(reads) &&
    isReads(present);
  if (!isWhole) throw unreadable(file, "it is not what a test run writes");
  return { test, calls, at, edges, reads, present };
}

function isEdge(value: unknown): value is ObservedEdge {
  const { kind, from, to, count, firstAt, lastAt } = (value ?? {}) as Partial<ObservedEdge>;
  return (
    (kind === "call" || kind === "delivery" || kind === "read") &&
    [from, to, firstAt, lastAt].every((text) => typeof text === "string") &&
    Number.isSafeInteger(count)
  );
}

function isReads(value: unknown): value is ObservedReads {
  return (
    isRecord(value) &&
    Object.values(value).every(
      (members) =>
        isRecord(members) &&
        Object.values(members).every(
          (paths) => Array.isArray(paths) && paths.every((path) => typeof path === "string"),
        ),
    )
  );
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unreadable(file: string, reason: string, cause?: unknown): ObservedError {
  return new ObservedError(
    `${file} cannot be read: ${reason}. Remove it; the next \`npm test\` writes it anew.`,
    { cause },
  );
}
