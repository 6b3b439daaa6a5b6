import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { startEmbeddedPostgres } from "ashlar/postgres";
import { UsageError } from "./exit-code.ts";

export interface OpenDatabase {
  readonly url: string;
  /** Gives up what was started for it. */
  close(): Promise<void>;
}

/** There is no database that the command could mean. */
export class DatabaseNotFoundError extends Error {
  override readonly name = "DatabaseNotFoundError";
  readonly code = "ASHLAR_CLI_DATABASE_NOT_FOUND";
}

/** The one that was named; else DATABASE_URL; else the embedded one of the project around `from`. */
export async function openDatabase(named: string | undefined, from = process.cwd()): Promise<OpenDatabase> {
  const url = named ?? (process.env.DATABASE_URL || undefined);
  if (url !== undefined) {
    // The value may hold a password, so it is not repeated.
    if (!isPostgresUrl(url)) {
      const source = named === undefined ? "DATABASE_URL" : "--database";
      throw new UsageError(
        `${source} cannot be read. It looks like postgres://user:password@host:5432/database.`,
      );
    }
    return { url, close: async () => {} };
  }
  const { directory, database } = findEmbedded(from);
  if (!existsSync(directory)) {
    throw new DatabaseNotFoundError(
      `The project's database in ${directory} does not exist yet. Start the app once, or name another with --database.`,
    );
  }
  const server = await startEmbeddedPostgres({ directory, database });
  return { url: server.url, close: () => server.stop() };
}

interface EmbeddedPlace {
  readonly directory: string;
  readonly database: string;
}

function findEmbedded(from: string): EmbeddedPlace {
  for (let directory = resolve(from); ; directory = dirname(directory)) {
    const embedded = readEmbedded(join(directory, "package.json"));
    if (embedded !== null) {
      const home = process.env.ASHLAR_HOME;
      return {
        database: embedded.database,
        // ASHLAR_HOME moves all that the project keeps beside the database, under the same names.
        directory: home
          ? join(resolve(directory, home), basename(embedded.directory))
          : resolve(directory, embedded.directory),
      };
    }
    if (directory === dirname(directory)) break;
  }
  throw new DatabaseNotFoundError(
    "Which database? Give --database or DATABASE_URL, or call ashlar inside of a project whose package.json names " +
      'its embedded one: "ashlar": { "embedded": { "directory": ".ashlar/postgres", "database": "app" } }.',
  );
}

function readEmbedded(manifest: string): EmbeddedPlace | null {
  if (!existsSync(manifest)) return null;
  let embedded: Partial<EmbeddedPlace> | undefined;
  try {
    embedded = JSON.parse(readFileSync(manifest, "utf8")).ashlar?.embedded;
  } catch (cause) {
    throw new DatabaseNotFoundError(`${manifest} cannot be read: ${(cause as Error).message}.`, { cause });
  }
  if (embedded === undefined) return null;
  const { directory, database } = embedded;
  if (typeof directory === "string" && typeof database === "string") return { directory, database };
  throw new DatabaseNotFoundError(
    `"ashlar.embedded" in ${manifest} must have a directory and a database, both texts.`,
  );
}

function isPostgresUrl(text: string): boolean {
  try {
    return ["postgres:", "postgresql:"].includes(new URL(text).protocol);
  } catch {
    return false;
  }
}
