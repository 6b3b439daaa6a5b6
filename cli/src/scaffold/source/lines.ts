/** The width that Biome is set to in every project of Ashlar. */
export const WIDTH = 110;

/** A call on one line if it fits, else an argument a line. `head` is what stands before the parenthesis. */
export function call(head: string, given: readonly string[], tail: string, width = WIDTH): string {
  const line = `${head}(${given.join(", ")})${tail}`;
  if (line.length <= width) return line;
  const indentation = /^ */.exec(head)![0];
  return `${head}(\n${given.map((each) => `${indentation}  ${each},\n`).join("")}${indentation})${tail}`;
}

/** An object on one line if it fits, else an entry a line. `head` is what stands before it, `tail` what stands behind. */
export function object(head: string, entries: readonly string[], tail: string, comma = ","): string {
  const line = `${head}{ ${entries.join(", ")} }${tail}`;
  if (line.length <= WIDTH) return line;
  const indentation = /^ */.exec(head)![0];
  const lines = entries.map((each) => `${indentation}  ${each}`).join(",\n");
  return `${head}{\n${lines}${comma}\n${indentation}}${tail}`;
}

/**
 * `export const name = handle(of, async (…) => {…});`, with the function behind the parenthesis if that fits, else on lines
 * of its own. `body` is given how far it is indented, and is indented here.
 */
export function boundFunction(parts: {
  readonly head: string;
  readonly of: readonly string[];
  readonly parameters: string;
  readonly body: (indentation: number) => string;
}): string {
  const { head, of, parameters, body } = parts;
  const hugging = `${head}(${[...of, `async (${parameters}) => {`].join(", ")}`;
  if (hugging.length <= WIDTH) return `${hugging}\n${indent(body(2), 2)}\n});\n`;
  const bound = of.map((each) => `  ${each},\n`).join("");
  return `${head}(\n${bound}  async (${parameters}) => {\n${indent(body(4), 4)}\n  },\n);\n`;
}

export function indent(text: string, spaces: number): string {
  return text.replaceAll(/^(?=.)/gm, " ".repeat(spaces));
}

/** A Markdown table whose columns are as wide as their longest cells. */
export function table(rows: readonly (readonly string[])[]): string {
  const [header = [], ...body] = rows;
  const widths = header.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}
