/** A line of the log as it was written, with what it is found by. */
export interface RecentLine {
  readonly trace: string;
  /** The whole line, parsed: plain values, without secrets. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const MOST_LINES = 1_000;
const MOST_CHARACTERS = 2_000_000;

/**
 * The last lines at warn and above of this process, so that a trace can be shown with what was logged on its way.
 * Bounded in number and in size; keeping one costs no parsing, that is left to who asks.
 */
export class RecentLines {
  readonly #most: number;
  readonly #mostCharacters: number;
  #lines: string[] = [];
  /** Lines before it are gone; the array is cut once half of it is. */
  #first = 0;
  #characters = 0;

  constructor({ most = MOST_LINES, mostCharacters = MOST_CHARACTERS } = {}) {
    this.#most = most;
    this.#mostCharacters = mostCharacters;
  }

  keep(line: string): void {
    this.#lines.push(line);
    this.#characters += line.length;
    while (this.size > this.#most || (this.#characters > this.#mostCharacters && this.size > 1)) {
      this.#characters -= this.#lines[this.#first]!.length;
      this.#lines[this.#first++] = "";
    }
    if (this.#first > this.#most) {
      this.#lines = this.#lines.slice(this.#first);
      this.#first = 0;
    }
  }

  get size(): number {
    return this.#lines.length - this.#first;
  }

  /** Those of one trace, oldest first. */
  ofTrace(trace: string): RecentLine[] {
    const mark = JSON.stringify(trace);
    const found: RecentLine[] = [];
    for (let index = this.#first; index < this.#lines.length; index++) {
      const line = this.#lines[index]!;
      if (!line.includes(mark)) continue;
      const fields = JSON.parse(line) as Record<string, unknown>;
      if (fields.trace === trace) found.push({ trace, fields });
    }
    return found;
  }
}
