import { type FileHandle, open } from "node:fs/promises";
import { catalog } from "@shop/catalog";
import { isError } from "ashlar/contract";
import { type App, system } from "ashlar/module";
import type { Logger } from "pino";
import { detectFormat, importProductFile } from "../../modules/catalog/src/module.ts";
import type { Configuration } from "./configuration.ts";
import type { Outside } from "./shop.ts";
import { startShop } from "./start-shop.ts";

/** An import neither takes payments nor sends mail, and it works on no jobs that would. */
const NOTHING_OUTSIDE: Outside = {
  // Port 9 is nobody's: a call that should not be made fails at once.
  payments: { url: "http://127.0.0.1:9", key: "none", webhookSecret: "an import gets no notices" },
  mailer: {
    send: () => Promise.reject(new Error("An import sends no mail.")),
  },
  unpaidMinutes: 30,
};

/** The file given cannot be imported; nothing was changed. */
export class ImportFileError extends Error {
  override readonly name = "ImportFileError";
  readonly code = "SHOP_FILE_UNREADABLE";
}

/**
 * Imports a file of products and prints what became of its rows; the last line says how many were imported, unchanged
 * and rejected. `shown` is the path as it was typed. Throws ImportFileError, having changed nothing, when the file
 * cannot be read.
 */
export async function importFile(
  { path, shown }: { readonly path: string; readonly shown: string },
  configuration: Configuration,
  log: Logger,
  stopping: AbortSignal,
): Promise<void> {
  const file = await openFile(path, shown);
  try {
    const shop = await startShop(configuration, NOTHING_OUTSIDE, log, stopping);
    try {
      await importInto(shop.app, file.handle, file.size, shown, stopping);
    } finally {
      await shop.stop();
    }
  } finally {
    await file.handle.close();
  }
}

async function importInto(
  app: App,
  file: FileHandle,
  size: number,
  name: string,
  stopping: AbortSignal,
): Promise<void> {
  const progress = new Progress(size);
  const actor = system("import");
  try {
    const report = await importProductFile({
      body: file.createReadStream({ autoClose: false }),
      format: detectFormat(name) ?? "ndjson",
      importBatch: (rows) => {
        stopping.throwIfAborted();
        return app.execute(catalog.importProducts, { rows }, { actor });
      },
      onProgress: ({ bytes, imported, unchanged, rejected }) =>
        progress.show(bytes, imported + unchanged + rejected),
    });
    progress.clear();
    for (const { line, reason } of report.rejections) console.log(`line ${line}: ${reason}`);
    const untold = report.rejected - report.rejections.length;
    if (untold > 0) console.log(`and ${untold} more rejected lines`);
    console.log(`imported ${report.imported}, unchanged ${report.unchanged}, rejected ${report.rejected}`);
  } catch (error) {
    progress.clear();
    if (isError(error, catalog.importProducts, "FILE_UNREADABLE")) {
      throw new ImportFileError(`${name} cannot be imported: ${error.data.reason}.`);
    }
    throw error;
  }
}

async function openFile(path: string, shown: string): Promise<{ handle: FileHandle; size: number }> {
  try {
    const handle = await open(path);
    const stats = await handle.stat();
    if (!stats.isDirectory()) return { handle, size: stats.size };
    await handle.close();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = REASONS[code ?? ""] ?? (error as Error).message;
    throw new ImportFileError(`${shown} cannot be imported: ${reason}.`);
  }
  throw new ImportFileError(`${shown} cannot be imported: ${REASONS.EISDIR}.`);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a directory; give one of its files",
  EACCES: "this user may not read it",
  ENOTDIR: "there is no such file",
};

/** One line that is written over, on a terminal only: a log file wants the result and no flicker. */
class Progress {
  readonly #size: number;
  readonly #isShown = process.stderr.isTTY === true;

  constructor(size: number) {
    this.#size = size;
  }

  show(bytes: number, rows: number): void {
    if (!this.#isShown) return;
    const share = this.#size === 0 ? "" : `, ${Math.min(100, Math.floor((bytes / this.#size) * 100))} %`;
    process.stderr.write(`\r${rows} rows${share}\u001b[K`);
  }

  clear(): void {
    if (this.#isShown) process.stderr.write("\r\u001b[K");
  }
}
