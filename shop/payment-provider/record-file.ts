import { type FileHandle, mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * An append-only file of JSON lines. A record is on disk when `append` resolves; records that are appended while
 * others are being written go to disk together. A last line that a crash left half-written is dropped at the next
 * start: nobody was told of it.
 */
export class RecordFile<Record> {
  readonly #handle: FileHandle;
  #waiting: { line: string; resolve: () => void; reject: (error: unknown) => void }[] = [];
  #writing: Promise<void> | null = null;
  #isBroken = false;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Opens the file, making it if need be, and reads what is in it. */
  static async open<Record>(path: string): Promise<{ file: RecordFile<Record>; records: Record[] }> {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, "a");
    const bytes = await readFile(path);
    const end = bytes.lastIndexOf(0x0a) + 1;
    if (end < bytes.length) await handle.truncate(end);
    const lines = bytes.subarray(0, end).toString("utf8").split("\n").slice(0, -1);
    return { file: new RecordFile(handle), records: lines.map((line) => JSON.parse(line) as Record) };
  }

  append(record: Record): Promise<void> {
    if (this.#isBroken) return Promise.reject(new Error("An earlier write failed; restart the provider."));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line: `${JSON.stringify(record)}\n`, resolve, reject });
      this.#writing ??= this.#write();
    });
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#handle.close();
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#handle.appendFile(batch.map(({ line }) => line).join(""));
        await this.#handle.datasync();
        for (const { resolve } of batch) resolve();
      } catch (error) {
        // Half a line may be in the file by now; what came after it could not be read again.
        this.#isBroken = true;
        for (const { reject } of [...batch, ...this.#waiting]) reject(error);
        this.#waiting = [];
      }
    }
    this.#writing = null;
  }
}
