// What is longer has lost a closing quote rather than being one record. The lines are bounded too, because a reader
// that gives up on a record reads all its lines but the first again.
const LONGEST_RECORD = 1024 * 1024;
const MOST_LINES = 200;

/**
 * Reads one CSV record (RFC 4180) line by line: a quoted field may hold commas, doubled quotes and line breaks.
 * A quote is special at the beginning of a field only, so `5" screen` needs no quotes.
 * State: reading -> (open inside quotes -> reading)* -> complete or faulty.
 */
export class CsvRecord {
  readonly fields: string[] = [];
  #field = "";
  #length = 0;
  #lines = 0;
  #open = false;

  /** Takes the next line. `open` asks for one more; a sentence says why this is no record. */
  push(line: string): "open" | "complete" | { readonly fault: string } {
    this.#length += line.length;
    this.#lines++;
    if (this.#length > LONGEST_RECORD || this.#lines > MOST_LINES) {
      return { fault: `has a quote that is not closed within ${MOST_LINES} lines or 1 MiB` };
    }
    let at = 0;
    if (this.#open) this.#field += "\n";
    for (;;) {
      if (!this.#open && line[at] === '"') {
        this.#open = true;
        at++;
      }
      if (this.#open) {
        const end = this.#readQuoted(line, at);
        if (end === null) return "open";
        if (end < line.length && line[end] !== ",") {
          return { fault: 'has text after a closing quote (a quote inside of quotes is written "")' };
        }
        at = end;
      } else {
        const comma = line.indexOf(",", at);
        const end = comma < 0 ? line.length : comma;
        this.#field = line.slice(at, end);
        at = end;
      }
      this.fields.push(this.#field);
      this.#field = "";
      if (at >= line.length) return "complete";
      at++;
    }
  }

  /** Reads to the closing quote and returns the place behind it, or null when the line ends first. */
  #readQuoted(line: string, from: number): number | null {
    let at = from;
    for (;;) {
      const quote = line.indexOf('"', at);
      if (quote < 0) {
        this.#field += line.slice(at);
        return null;
      }
      this.#field += line.slice(at, quote);
      if (line[quote + 1] !== '"') {
        this.#open = false;
        return quote + 1;
      }
      this.#field += '"';
      at = quote + 2;
    }
  }
}
