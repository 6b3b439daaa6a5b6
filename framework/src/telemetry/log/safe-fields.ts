import { describeError } from "./error-fields.ts";
import { SECRET_SHOWN } from "./secret.ts";
import { isSensitive, withoutCredentials } from "./sensitive.ts";

const MOST_TEXT = 8_192;
const MOST_LINE_TEXT = 32_768;
const MOST_VALUES = 1_000;
const MOST_ELEMENTS = 100;
const MOST_DEPTH = 6;
const LONGEST_KEY = 128;
/** Names so short are names. */
const SHORT = 32;
const UNREADABLE = "[unreadable]";

/**
 * Copies what is to be logged into plain values that can be written without further thought: secrets are gone, errors
 * are described, and size and depth are bounded. Nothing in `value` can make it throw: getters that throw, proxies,
 * circles and values without a JSON form are named in their place. One per line of the log.
 */
export class SafeFields {
  /** True below info: messages of PostgreSQL that may quote a statement or a value are told then. */
  readonly #tellsAll: boolean;
  #values = MOST_VALUES;
  #text = MOST_LINE_TEXT;
  #above: object[] = [];

  constructor(tellsAll: boolean) {
    this.#tellsAll = tellsAll;
  }

  /** The fields of a line; an error alone becomes `err`. */
  fields(given: object, hasMessage: boolean): Record<string, unknown> {
    try {
      return given instanceof Error ? { err: this.value(given) } : this.#top(given, hasMessage);
    } catch {
      return { fields: UNREADABLE };
    }
  }

  #top(given: object, hasMessage: boolean): Record<string, unknown> {
    const copy: Record<string, unknown> = {};
    const keys = Object.keys(given);
    this.#above.push(given);
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index]!;
      if (index === MOST_ELEMENTS) {
        copy["…"] = `(${keys.length} entries)`;
        break;
      }
      // A line has one level, one time and one message, and they are the log's own.
      const isTaken = key === "level" || key === "time" || (key === "msg" && hasMessage);
      const value = read(given, key);
      const name = isTaken ? `${key}_` : this.#name(key);
      copy[name] = key === "actor" ? this.#actor(value) : this.#named(key, value);
    }
    return copy;
  }

  value(value: unknown): unknown {
    switch (typeof value) {
      case "string":
        return this.text(value);
      case "number":
      case "boolean":
      case "undefined":
        return value;
      case "bigint":
        return this.text(String(value));
      case "object":
        return value === null ? null : this.#object(value);
      default:
        return `[${typeof value}]`;
    }
  }

  /** Without credentials, and shortened to what is left of the line. */
  text(text: string): string {
    const most = Math.max(0, Math.min(MOST_TEXT, this.#text));
    const isCut = text.length > most;
    const clean = withoutCredentials(isCut ? text.slice(0, most) : text, isCut);
    const shown = isCut ? `${clean}… (${text.length} characters)` : clean;
    this.#text -= shown.length;
    return shown;
  }

  #name(key: string): string {
    // Assigned, it would be the copy's prototype and not a field of it.
    if (key === "__proto__") return "__proto__ ";
    this.#text -= Math.min(key.length, LONGEST_KEY);
    if (key.length <= SHORT) return key;
    return withoutCredentials(key.length > LONGEST_KEY ? `${key.slice(0, LONGEST_KEY)}…` : key, true);
  }

  #named(key: string, value: unknown): unknown {
    if (typeof value === "boolean" || value == null) return value;
    return isSensitive(key) ? SECRET_SHOWN : this.value(value);
  }

  /** Who it is, and nothing of what they may do: neither roles nor session belong into a log. */
  #actor(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return this.value(value);
    const id = read(value, "id") ?? read(value, "name");
    const kind = this.text(String(this.value(read(value, "kind"))));
    return id == null ? kind : `${kind}:${this.text(String(this.value(id)))}`;
  }

  #object(value: object): unknown {
    if (this.#above.includes(value)) return "[circular]";
    if (this.#above.length >= MOST_DEPTH || this.#values <= 0 || this.#text <= 0) return "[…]";
    this.#values--;
    this.#above.push(value);
    try {
      return this.#contents(value);
    } catch {
      return UNREADABLE;
    } finally {
      this.#above.pop();
    }
  }

  #contents(value: object): unknown {
    if (Array.isArray(value)) return this.#elements(value, value.length);
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      if (value instanceof Error) {
        return describeError(value, { text: (text) => this.text(text), tellsAll: this.#tellsAll });
      }
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? "[no date]" : value.toISOString();
      if (value instanceof Map) return this.#pairs(value, value.size);
      if (value instanceof Set) return this.#elements(value, value.size);
      if (value instanceof URL || value instanceof RegExp) return this.text(String(value));
      if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
    }
    // What says by itself how it looks as JSON, as a Secret does; what it says is looked at like everything else.
    const toJson = (value as { toJSON?: unknown }).toJSON;
    return typeof toJson === "function" ? this.value(toJson.call(value, "")) : this.#properties(value);
  }

  #properties(value: object): Record<string, unknown> {
    const copy: Record<string, unknown> = {};
    const keys = Object.keys(value);
    for (let index = 0; index < keys.length; index++) {
      if (index === MOST_ELEMENTS || this.#values <= 0) {
        copy["…"] = `(${keys.length} entries)`;
        break;
      }
      this.#values--;
      const key = keys[index]!;
      copy[this.#name(key)] = this.#named(key, read(value, key));
    }
    return copy;
  }

  #elements(values: Iterable<unknown>, size: number): unknown[] {
    const copy: unknown[] = [];
    for (const value of values) {
      if (copy.length === MOST_ELEMENTS || this.#values <= 0) {
        copy.push(`… (${size} elements)`);
        break;
      }
      this.#values--;
      copy.push(this.value(value) ?? null);
    }
    return copy;
  }

  #pairs(pairs: Iterable<readonly [unknown, unknown]>, size: number): Record<string, unknown> {
    const copy: Record<string, unknown> = {};
    let count = 0;
    for (const [key, value] of pairs) {
      if (count++ === MOST_ELEMENTS || this.#values <= 0) {
        copy["…"] = `(${size} entries)`;
        break;
      }
      this.#values--;
      const name = typeof key === "string" ? key : String(this.value(key));
      copy[this.#name(name)] = this.#named(name, value);
    }
    return copy;
  }
}

function read(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return UNREADABLE;
  }
}
