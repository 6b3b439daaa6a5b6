import { readFileSync } from "node:fs";

/** One fenced block of a guide, in the order of the page. */
export interface Step {
  readonly kind: "command" | "failing command" | "output" | "file" | "edit" | "made";
  /** The file that the block is about; empty for commands and their output. */
  readonly path: string;
  readonly text: string;
}

/** The steps of a guide in `docs/guides`. */
export function stepsOf(guide: string): Step[] {
  const page = readFileSync(new URL(`../../../docs/guides/${guide}`, import.meta.url), "utf8");
  return [...page.matchAll(/^```(\w+)([^\n]*)\n(.*?)^```$/gms)].map(([, language, info = "", text = ""]) => {
    const [, kind, path] = /\b(file|edit|made)=(\S+)/.exec(info) ?? [];
    if (kind !== undefined) return { kind: kind as Step["kind"], path: path!, text };
    if (language === "text") return { kind: "output", path: "", text };
    return { kind: info.includes("fails") ? "failing command" : "command", path: "", text };
  });
}

/** Puts a block where the member with its first line stands, up to the line that closes it. */
export function edited(source: string, block: string): string {
  const [first] = block.split("\n") as [string];
  const lines = source.split("\n");
  const start = lines.indexOf(first);
  const close = `${/^ */.exec(first)![0]}}),`;
  const end = lines.indexOf(close, start);
  if (start === -1 || end === -1)
    throw new Error(`There is no ${first.trim()} that ends with ${close.trim()}`);
  lines.splice(start, end - start + 1, ...block.trimEnd().split("\n"));
  return lines.join("\n");
}
