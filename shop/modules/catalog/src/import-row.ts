import { validator } from "ashlar/contract";
import { Sku } from "../contract/index.ts";
import { currencies, DEFAULT_CURRENCY, isCurrency, minorUnits } from "./price.ts";

/** A row of an import that is a product. `stock` is null when the row does not say. */
export interface ImportedProduct {
  readonly line: number;
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly brand: string | null;
  readonly categories: readonly string[];
  readonly priceAmount: number;
  readonly currency: string;
  readonly popularity: number;
  readonly stock: number | null;
}

export const requiredFields = ["sku", "name", "price"] as const;
export const knownFields: ReadonlySet<string> = new Set([
  ...requiredFields,
  "description",
  "brand",
  "categories",
  "currency",
  "popularity",
  "stock",
]);

const LONGEST_NAME = 500;
const LONGEST_LABEL = 200;
const LONGEST_DESCRIPTION = 20_000;
const MOST_CATEGORIES = 20;
const HIGHEST_POPULARITY = 2_147_483_647;
const HIGHEST_STOCK = 1_000_000_000;
/** Reasons told of one row: enough to mend it, and no flood. */
const MOST_REASONS = 3;

/** Reads one row, or tells why it is not a product. */
export function readRow(line: number, row: unknown): ImportedProduct | { readonly reason: string } {
  if (typeof row !== "object" || row === null || Array.isArray(row)) {
    return { reason: "the row must be an object with the fields of a product" };
  }
  const fields = new Fields(row as Readonly<Record<string, unknown>>);
  const currency = fields.currency();
  const product = {
    line,
    sku: fields.sku(),
    name: fields.text("name", LONGEST_NAME) ?? fields.missing("name"),
    description: fields.text("description", LONGEST_DESCRIPTION) ?? "",
    brand: fields.text("brand", LONGEST_LABEL) ?? null,
    categories: fields.categories(),
    priceAmount: fields.price(currency),
    currency,
    popularity: fields.integer("popularity", HIGHEST_POPULARITY) ?? 0,
    stock: fields.integer("stock", HIGHEST_STOCK) ?? null,
  };
  return fields.reasons.length === 0 ? product : { reason: fields.reasons.slice(0, MOST_REASONS).join("; ") };
}

/** Reads fields one by one and collects what is wrong with them. */
class Fields {
  readonly reasons: string[] = [];
  readonly #row: Readonly<Record<string, unknown>>;

  constructor(row: Readonly<Record<string, unknown>>) {
    this.#row = row;
    for (const name of Object.keys(row)) {
      // A misspelt `stock` must not be lost in silence.
      if (!knownFields.has(name))
        this.#refuse(JSON.stringify(name.slice(0, 60)), "is not a field of a product");
    }
  }

  sku(): string {
    const value = this.#value("sku");
    if (value === undefined) return this.missing("sku");
    if (typeof value === "number") {
      return this.#refuse("sku", "must be text: put it in quotes, so that leading zeros are kept");
    }
    if (!validator(Sku).accepts(value)) {
      return this.#refuse("sku", "must be 1 to 64 letters, digits, dots, dashes or underscores");
    }
    return value as string;
  }

  text(name: string, longest: number): string | undefined {
    const value = this.#value(name);
    return value === undefined ? undefined : this.#checkText(name, value, longest);
  }

  categories(): readonly string[] {
    const value = this.#value("categories");
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.#refuse("categories", "must be a list of texts");
      return [];
    }
    if (value.length > MOST_CATEGORIES)
      this.#refuse("categories", `has more than ${MOST_CATEGORIES} entries`);
    return value.map((category) => this.#checkText("categories", category, LONGEST_LABEL));
  }

  currency(): string {
    const value = this.#value("currency") ?? DEFAULT_CURRENCY;
    if (typeof value === "string" && isCurrency(value)) return value;
    this.#refuse("currency", `must be one of ${currencies()}`);
    return DEFAULT_CURRENCY;
  }

  price(currency: string): number {
    const value = this.#value("price");
    if (value === undefined) {
      this.missing("price");
      return 0;
    }
    // The shortest decimal that reads back as the same number: what stood in the file.
    const text = typeof value === "number" ? String(value) : value;
    const amount = typeof text === "string" ? minorUnits(text, currency) : "must be a number";
    if (typeof amount === "number") return amount;
    this.#refuse("price", amount);
    return 0;
  }

  integer(name: string, highest: number): number | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= highest) return value;
    this.#refuse(name, `must be a whole number from 0 to ${highest}`);
    return undefined;
  }

  missing(name: string): string {
    return this.#refuse(name, "is missing");
  }

  /** An own field; null counts as left out, as exports write it. */
  #value(name: string): unknown {
    return Object.hasOwn(this.#row, name) ? (this.#row[name] ?? undefined) : undefined;
  }

  #checkText(name: string, value: unknown, longest: number): string {
    if (typeof value !== "string") return this.#refuse(name, "must be text");
    if (value.trim() === "" && name !== "description") return this.#refuse(name, "is empty");
    if (value.length > longest) return this.#refuse(name, `is longer than ${longest} characters`);
    if (value.includes("\0")) return this.#refuse(name, "holds a NUL character");
    if (!value.isWellFormed()) return this.#refuse(name, "holds half of a surrogate pair");
    return value;
  }

  #refuse(name: string, reason: string): "" {
    this.reasons.push(`${name} ${reason}`);
    return "";
  }
}
