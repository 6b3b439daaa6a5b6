import type { Canvas } from "./canvas.ts";
import { ownersText, sectionsOf } from "./canvas-sections.ts";

/** A canvas as a page of a wiki or a repository. */
export function canvasMarkdown(canvas: Canvas): string {
  const parts = sectionsOf(canvas).map(({ title, columns, rows }) =>
    columns.length === 1
      ? `## ${title}\n\n${rows.map(([name]) => `- ${text(name!)}`).join("\n")}`
      : `## ${title}\n\n${[columns, columns.map(() => "---"), ...rows]
          .map((row, index) => `| ${row.map((cell) => (index === 1 ? cell : text(cell))).join(" | ")} |`)
          .join("\n")}`,
  );
  return `${[
    `# ${text(canvas.module)}`,
    // Of the module's own README, so Markdown already; as a paragraph, whatever it begins with.
    ...(canvas.purpose === null ? [] : [canvas.purpose]),
    `Owners: ${text(ownersText(canvas))}. Folder: \`${canvas.directory}\`.`,
    ...parts,
  ].join("\n\n")}\n`;
}

/** Text that Markdown shows as it is. */
function text(value: string): string {
  return value.replace(/\s+/g, " ").replace(/[\\`*_{}[\]<>#|&~]/g, "\\$&");
}
