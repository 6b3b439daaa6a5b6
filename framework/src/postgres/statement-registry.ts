import { checkStatement, type StatementKind } from "./gate.ts";

/** What the process knows about one statement text. */
export interface KnownStatement {
  readonly text: string;
  readonly kind: StatementKind;
  /** Name under which connections prepare the text; undefined while it is not worth a name. */
  readonly name: string | undefined;
}

interface Entry {
  readonly text: string;
  readonly kind: StatementKind;
  name: string | undefined;
}

/** Each name costs memory on every server connection, so texts built at run time must not get them without end. */
const MAX_NAMED = 2_000;
const MAX_REMEMBERED = 4_000;

/**
 * Remembers, per statement text, that the gate let it through and the name it is prepared under.
 * A text gets its name with its second use: most texts that are used once are never used again.
 * Texts beyond the limit stay correct; they are only checked and parsed each time.
 */
export class StatementRegistry {
  readonly #strict: boolean;
  readonly #named = new Map<string, Entry>();
  #unnamed = new Map<string, Entry>();

  constructor(options: { strict: boolean }) {
    this.#strict = options.strict;
  }

  /** Throws ASHLAR_STATEMENT_REFUSED when the gate refuses the text. */
  admit(text: string): KnownStatement {
    return this.#named.get(text) ?? this.#admitUnnamed(text);
  }

  get namedCount(): number {
    return this.#named.size;
  }

  #admitUnnamed(text: string): KnownStatement {
    const entry = this.#unnamed.get(text);
    if (entry === undefined) return this.#remember(text);
    if (this.#named.size < MAX_NAMED) {
      entry.name = `ashlar_s${this.#named.size + 1}`;
      this.#unnamed.delete(text);
      this.#named.set(text, entry);
    }
    return entry;
  }

  #remember(text: string): KnownStatement {
    const entry: Entry = { text, kind: checkStatement(text, this.#strict), name: undefined };
    if (this.#unnamed.size >= MAX_REMEMBERED) this.#unnamed = new Map();
    this.#unnamed.set(text, entry);
    return entry;
  }
}
