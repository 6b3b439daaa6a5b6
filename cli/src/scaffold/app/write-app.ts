import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { AppFile } from "./app-files.ts";
import type { VendoredFile } from "./local-packages.ts";
import { NewAppError } from "./new-app-error.ts";

/** Of an npm that was told to stop, something may write for a moment yet. */
const GONE_FOR_GOOD = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 };

/** Throws NewAppError unless the directory can be made or is empty. */
export function refuseOccupied(directory: string): void {
  let entries: string[];
  try {
    entries = existsSync(directory) ? readdirSync(directory) : [];
  } catch (cause) {
    throw unwritable(directory, cause);
  }
  if (entries.length === 0) return;
  const some = entries.slice(0, 3).join(", ");
  throw new NewAppError(
    "ASHLAR_CLI_DIRECTORY_NOT_EMPTY",
    `${directory} is not empty (${entries.length > 3 ? `${some}, …` : some}). Choose another name, or empty it first.`,
  );
}

/** Writes all files, or none. Answers what takes everything back, whatever has been added to it since. */
export function writeApp(
  directory: string,
  files: readonly AppFile[],
  vendored: readonly VendoredFile[],
): () => void {
  refuseOccupied(directory);
  const firstMade = firstMissing(directory);
  const undo = () => {
    if (firstMade !== undefined) rmSync(firstMade, GONE_FOR_GOOD);
    else
      for (const entry of readdirSync(directory)) {
        rmSync(join(directory, entry), GONE_FOR_GOOD);
      }
  };
  try {
    for (const { path, text } of files) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    for (const { from, to } of vendored) {
      mkdirSync(dirname(join(directory, to)), { recursive: true });
      copyFileSync(from, join(directory, to));
    }
  } catch (cause) {
    undo();
    throw unwritable(directory, cause);
  }
  return undo;
}

/** The outermost directory that is not there yet. */
function firstMissing(directory: string): string | undefined {
  if (existsSync(directory)) return undefined;
  return firstMissing(dirname(directory)) ?? directory;
}

function unwritable(directory: string, cause: unknown): NewAppError {
  return new NewAppError(
    "ASHLAR_CLI_DIRECTORY_UNWRITABLE",
    `The project cannot be written to ${directory}: ${(cause as Error).message}. Nothing is left of it.`,
    { cause },
  );
}
