import { inspect } from "node:util";

/** What stands in a log, or anywhere else, in the place of a secret. */
export const SECRET_SHOWN = "[secret]";

/**
 * A password, key or token that shows itself to nobody who does not ask for it by `reveal()`: as JSON, in a template,
 * inspected, logged or in an error's message it is `[secret]`. Reveal it where it is used, not where it is read.
 */
export class Secret {
  // Truly private: neither enumeration nor a debugger's inspection through `util.inspect` gets to it.
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return SECRET_SHOWN;
  }

  toJSON(): string {
    return SECRET_SHOWN;
  }

  [Symbol.toPrimitive](): string {
    return SECRET_SHOWN;
  }

  [inspect.custom](): string {
    return SECRET_SHOWN;
  }
}
