import type { ImportReport, Rejection } from "../contract/index.ts";
import type { ImportEntry } from "./import-entry.ts";
import { linesOf } from "./lines.ts";
import { readCsv } from "./read-csv.ts";
import { readNdjson } from "./read-ndjson.ts";
import { refuseBinary } from "./text-stream.ts";

export type ImportFormat = "ndjson" | "csv";

export interface ImportFileOptions {
  readonly body: AsyncIterable<Uint8Array>;
  readonly format: ImportFormat;
  /** Takes over up to 500 rows: `execute(catalog.importProducts, { rows })` on behalf of whoever imports. */
  readonly importBatch: (rows: { line: number; row: unknown }[]) => Promise<ImportReport>;
  /** Called after each batch. */
  readonly onProgress?: (progress: ImportProgress) => void;
}

export interface ImportProgress {
  /** Bytes taken from `body` so far; some of them may not be imported yet. */
  readonly bytes: number;
  readonly imported: number;
  readonly unchanged: number;
  readonly rejected: number;
}

const BATCH_ROWS = 500;
const MOST_REJECTIONS_KEPT = 1_000;

/**
 * Imports a file of products as it arrives, in bounded memory. Each batch is a transaction of its own: when the
 * stream breaks off, what came before stays, and importing the file again goes on where it stopped.
 *
 * A row that is no product is rejected, by line and with the reason, and the rest goes on; the report counts all
 * rejections and keeps the first thousand. Throws FILE_UNREADABLE of `catalog.importProducts`, before anything is
 * imported, when the whole file cannot be one of products.
 */
export async function importProductFile(options: ImportFileOptions): Promise<ImportReport> {
  const total: ImportReport = { imported: 0, unchanged: 0, rejected: 0, rejections: [] };
  let bytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of options.body) {
      bytes += chunk.length;
      yield chunk;
    }
  }
  for await (const batch of batchesOf(entriesOf(counted(), options.format))) {
    await importEntries(batch, total, options);
    const { imported, unchanged, rejected } = total;
    options.onProgress?.({ bytes, imported, unchanged, rejected });
  }
  return total;
}

/** The format that a file's name or a content type tells; null when it tells none. */
export function detectFormat(nameOrContentType: string): ImportFormat | null {
  const text = nameOrContentType.split(";")[0]!.trim().toLowerCase();
  if (/^(?:application|text)\/(?:x-)?(?:ndjson|jsonl|json-?lines)$|\.(?:ndjson|jsonl)$/.test(text))
    return "ndjson";
  return /^(?:text|application)\/csv$|\.csv$/.test(text) ? "csv" : null;
}

function entriesOf(body: AsyncIterable<Uint8Array>, format: ImportFormat): AsyncGenerator<ImportEntry> {
  const lines = linesOf(refuseBinary(body));
  return format === "csv" ? readCsv(lines) : readNdjson(lines);
}

async function* batchesOf(entries: AsyncIterable<ImportEntry>): AsyncGenerator<ImportEntry[]> {
  let batch: ImportEntry[] = [];
  for await (const entry of entries) {
    batch.push(entry);
    if (batch.length < BATCH_ROWS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function importEntries(
  batch: readonly ImportEntry[],
  total: ImportReport,
  { importBatch }: ImportFileOptions,
): Promise<void> {
  const rows = batch.flatMap((entry) => ("reason" in entry ? [] : [entry]));
  const rejections: Rejection[] = batch.flatMap((entry) => ("reason" in entry ? [entry] : []));
  if (rows.length > 0) {
    const report = await importBatch(rows);
    total.imported += report.imported;
    total.unchanged += report.unchanged;
    rejections.push(...report.rejections);
  }
  total.rejected += rejections.length;
  const room = MOST_REJECTIONS_KEPT - total.rejections.length;
  total.rejections.push(...rejections.sort((a, b) => a.line - b.line).slice(0, room));
}
