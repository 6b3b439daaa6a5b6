import { createHash, hash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { FileFacts } from "./file-facts.ts";
import type { SqlFacts } from "./sql-part.ts";

/** What is kept of one file: of a migration its SQL, of a source file everything. */
export type CachedFacts = FileFacts | SqlFacts;

interface Stored {
  readonly version: string;
  readonly files: Readonly<Record<string, readonly [hash: string, facts: CachedFacts]>>;
}

/**
 * The facts of files, kept between runs under the hash of their content: a file that is what it was is not read again
 * into a syntax tree, whatever its time says. What a check of another version has kept counts for nothing, nor does
 * what cannot be read. Two checks at once do not disturb each other: the last one's file stands, whole.
 */
export class FactsCache {
  readonly #file: string;
  readonly #version: string;
  readonly #before: Stored["files"];
  readonly #now: Record<string, readonly [string, CachedFacts]> = {};
  #fresh = 0;

  private constructor(file: string, version: string, before: Stored["files"]) {
    this.#file = file;
    this.#version = version;
    this.#before = before;
  }

  /** `isRead` is false for a run that is to begin from nothing; what it finds is kept all the same. */
  static open(root: string, isRead = true): FactsCache {
    const file = join(root, "node_modules/.cache/ashlar/check.json");
    const version = versionOfCheck();
    return new FactsCache(file, version, isRead ? stored(file, version) : {});
  }

  /** How many files were read into facts, and not found here. */
  get fresh(): number {
    return this.#fresh;
  }

  async factsOf<Facts extends CachedFacts>(
    path: string,
    source: string,
    read: () => Promise<Facts>,
  ): Promise<Facts> {
    const digest = hash("sha256", source, "base64");
    const known = this.#before[path];
    const isKnown = known?.[0] === digest;
    const facts = isKnown ? (known[1] as Facts) : await read();
    if (!isKnown) this.#fresh++;
    this.#now[path] = [digest, facts];
    return facts;
  }

  /** Writes what this run has seen, and with it forgets files that are gone. A folder that cannot be written is let be. */
  save(): void {
    const isSame = this.#fresh === 0 && Object.keys(this.#before).length === Object.keys(this.#now).length;
    // Without node_modules nothing of npm's is here, and no place for what can be thrown away.
    if (isSame || !existsSync(join(dirname(this.#file), "../.."))) return;
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      replaceFile(this.#file, JSON.stringify({ version: this.#version, files: this.#now } satisfies Stored));
    } catch {
      // The check is right without it, only slower.
    }
  }
}

/** Whoever reads the file meanwhile sees the old text or the new one, whole. */
function replaceFile(file: string, text: string): void {
  const aside = `${file}.${process.pid}.${randomUUID()}`;
  try {
    writeFileSync(aside, text);
    renameSync(aside, file);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

function stored(file: string, version: string): Stored["files"] {
  try {
    const read = JSON.parse(readFileSync(file, "utf8")) as Partial<Stored>;
    return read.version === version && read.files ? read.files : {};
  } catch {
    // None yet, or half of one: as good as none.
    return {};
  }
}

/** Of all that facts depend on besides the file: the sources of the check, and the versions of its parsers. */
function versionOfCheck(): string {
  const digest = createHash("sha256").update(process.version);
  for (const folder of [".", "sql", "../sql"].map((each) => join(import.meta.dirname, each))) {
    for (const name of readdirSync(folder).sort()) {
      if (/\.[jt]s$/.test(name)) digest.update(name).update(readFileSync(join(folder, name)));
    }
  }
  // It pins the parsers.
  return digest.update(readFileSync(join(import.meta.dirname, "../../package.json"))).digest("base64");
}
