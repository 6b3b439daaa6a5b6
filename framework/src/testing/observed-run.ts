import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import type { App, CallMode, EdgeCount, ObservedEdge, ObservedReads, Observer } from "../module/index.ts";
import { atEndOfFile } from "./end-of-file.ts";
import { ObservedPlace, observedValue } from "./observed-value.ts";

/** Where test runs write, below the project's root, for `ashlar graph` and `ashlar contracts` to read. */
export const OBSERVED_DIRECTORY = ".ashlar/observed";

/** Of the file's form. A reader refuses others. */
const VERSION = 1;

/** What happened between the modules in one test file. */
interface ObservedRun {
  readonly version: typeof VERSION;
  /** Relative to the root, with slashes. */
  readonly test: string;
  readonly calls: CallMode;
  readonly at: string;
  readonly edges: readonly ObservedEdge[];
  /** What consumers touched of the values that they received. */
  readonly reads: ObservedReads;
  /** What was there to be touched. */
  readonly present: ObservedReads;
}

/** Watches the apps of a test file, and writes what it saw when the file ends. */
export class RunObserver implements Observer {
  readonly #root: string;
  readonly #test: string;
  readonly #calls: CallMode;
  readonly #firstAt = new Date().toISOString();
  readonly #edges = new Map<string, EdgeCount>();
  readonly #received = new Map<string, Map<string, ObservedPlace>>();

  constructor(root: string, test: string, calls: CallMode) {
    this.#root = root;
    this.#test = test;
    this.#calls = calls;
  }

  readonly received = (value: unknown, consumer: string, member: string): unknown => {
    let members = this.#received.get(consumer);
    if (members === undefined) {
      members = new Map();
      this.#received.set(consumer, members);
    }
    let place = members.get(member);
    if (place === undefined) {
      place = new ObservedPlace();
      members.set(member, place);
    }
    return observedValue(value, place);
  };

  /** Takes over what an app has counted. */
  add(app: App): void {
    for (const edge of app.observedEdges.take()) {
      const key = `${edge.kind} ${edge.from} ${edge.to}`;
      const known = this.#edges.get(key);
      this.#edges.set(key, { ...edge, count: edge.count + (known?.count ?? 0) });
    }
  }

  /** Replaces what the last run of this file in this mode left. */
  write(): void {
    const directory = join(this.#root, OBSERVED_DIRECTORY);
    const digest = createHash("sha256").update(this.#test).digest("hex").slice(0, 8);
    const file = join(directory, `${basename(this.#test)}-${digest}-${this.#calls}.json`);
    mkdirSync(directory, { recursive: true });
    // Whoever reads meanwhile finds the old file or the new one, whole.
    writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(this.#run())}\n`);
    renameSync(`${file}.${process.pid}`, file);
  }

  #run(): ObservedRun {
    const at = new Date().toISOString();
    return {
      version: VERSION,
      test: this.#test,
      calls: this.#calls,
      at,
      edges: [...this.#edges.values()].map((edge) => ({ ...edge, firstAt: this.#firstAt, lastAt: at })),
      reads: this.#places((place) => place.read()),
      present: this.#places((place) => place.present()),
    };
  }

  #places(of: (place: ObservedPlace) => string[]): ObservedReads {
    return Object.fromEntries(
      [...this.#received].map(([consumer, members]) => [
        consumer,
        Object.fromEntries([...members].map(([member, place]) => [member, of(place)])),
      ]),
    );
  }
}

/** Hears nothing: for test files that belong to no project. */
const deaf: Observer = { received: (value) => value };

let observer: RunObserver | null | undefined;

/** The observer of this test file's apps. The first call makes it, so all of them stand under the mode of that one. */
export function observerOfRun(calls: CallMode): Observer {
  if (observer === undefined) {
    const place = placeOfRun(process.argv[1]);
    observer = place === null ? null : new RunObserver(place.root, place.test, calls);
    // What is to be done first at the end of the file is done last: by then all apps have stopped.
    if (observer !== null) atEndOfFile(async () => writeOrWarn(observer!));
  }
  return observer ?? deaf;
}

/** To be called when nothing happens in the app any more. */
export function addToRun(app: App): void {
  observer?.add(app);
}

function writeOrWarn(run: RunObserver): void {
  try {
    run.write();
  } catch (error) {
    // A tree that cannot be written to is no reason for a test to fail.
    process.emitWarning(`What this test file observed could not be written: ${(error as Error).message}`);
  }
}

/** The project around a test file, and the file's name in it. */
function placeOfRun(file: string | undefined): { root: string; test: string } | null {
  // A run of some of a file's tests must not make it forget the others.
  if (file === undefined || process.execArgv.some((option) => option.startsWith("--test-name-pattern"))) {
    return null;
  }
  const root = rootAround(dirname(file));
  if (root === null) return null;
  const path = relative(root, file).split(sep);
  // Made while tests run, and gone after them.
  return path.includes(".ashlar") || path.includes("node_modules") ? null : { root, test: path.join("/") };
}

function rootAround(start: string): string | null {
  for (let directory = start; ; directory = dirname(directory)) {
    const manifest = join(directory, "package.json");
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).workspaces !== undefined)
      return directory;
    if (directory === dirname(directory)) return null;
  }
}
