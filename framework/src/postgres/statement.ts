/** One SQL statement: text with $1, $2, ... and the values for them. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

export interface Result<Row = Record<string, unknown>> {
  readonly rows: Row[];
  /** Rows returned by a select, rows changed by the rest. */
  readonly rowCount: number;
}

/**
 * Builds a statement from a template: every interpolated value becomes a parameter, never text.
 * A statement inside a statement is a fragment: its text is inlined and its parameters are renumbered.
 *
 * ```ts
 * const onlyCheap = maxPrice === undefined ? statement`` : statement`and price <= ${maxPrice}`;
 * statement`select sku from catalog.products where brand = ${brand} ${onlyCheap}`
 * ```
 */
export function statement(strings: TemplateStringsArray, ...values: unknown[]): Statement {
  for (const value of values) {
    if (value instanceof TemplateStatement) return inlineFragments(strings, values);
  }
  return new TemplateStatement(strings, values, textOf(strings));
}

/** Only what the tag made counts as a fragment: a caller's JSON value may well have `text` and `values`. */
class TemplateStatement implements Statement {
  /** The text around the parameters: always one piece more than there are values. */
  readonly pieces: readonly string[];
  readonly values: readonly unknown[];
  readonly text: string;

  constructor(pieces: readonly string[], values: readonly unknown[], text: string) {
    this.pieces = pieces;
    this.values = values;
    this.text = text;
  }
}

/** A template literal is one object per place in the source, so its text is built once. */
const texts = new WeakMap<TemplateStringsArray, string>();

function textOf(strings: TemplateStringsArray): string {
  let text = texts.get(strings);
  if (text === undefined) {
    text = numberParameters(strings);
    texts.set(strings, text);
  }
  return text;
}

function inlineFragments(strings: readonly string[], values: readonly unknown[]): TemplateStatement {
  const pieces = [strings[0] ?? ""];
  const flat: unknown[] = [];
  for (const [index, value] of values.entries()) {
    const after = strings[index + 1] ?? "";
    if (value instanceof TemplateStatement) {
      pieces.push((pieces.pop() ?? "") + (value.pieces[0] ?? ""), ...value.pieces.slice(1));
      flat.push(...value.values);
      pieces.push((pieces.pop() ?? "") + after);
    } else {
      flat.push(value);
      pieces.push(after);
    }
  }
  return new TemplateStatement(pieces, flat, numberParameters(pieces));
}

function numberParameters(pieces: readonly string[]): string {
  let text = pieces[0] ?? "";
  for (let index = 1; index < pieces.length; index++) text += `$${index}${pieces[index]}`;
  return text;
}
