import { parserOf, type ValueParser } from "./value-types.ts";

export interface RowField {
  readonly name: string;
  readonly dataTypeID: number;
}

/** Turns the texts of one row into an object; made once per result shape. */
export class RowDecoder {
  readonly #names: readonly string[];
  readonly #parsers: readonly ValueParser[];
  /** Copied for each row: copying an object of the right shape is faster than growing one key by key. */
  readonly #empty: Record<string, unknown>;

  constructor(fields: readonly RowField[]) {
    this.#names = fields.map((field) => field.name);
    this.#parsers = fields.map((field) => parserOf(field.dataTypeID));
    // Without a prototype a column called __proto__ is a key like any other.
    const empty: Record<string, unknown> = Object.create(null);
    for (const name of this.#names) empty[name] = null;
    this.#empty = { ...empty };
  }

  decode(texts: readonly (string | null)[]): Record<string, unknown> {
    const row = { ...this.#empty };
    for (let index = 0; index < texts.length; index++) {
      const text = texts[index];
      if (text === null || text === undefined) continue;
      row[this.#names[index] as string] = (this.#parsers[index] as ValueParser)(text);
    }
    return row;
  }
}
