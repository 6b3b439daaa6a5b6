import { relative } from "node:path";
import type { NewApp } from "./new-app.ts";

/** What to tell somebody whose project was made: where it is and what to type next. */
export function toldApp(app: NewApp, from: string, dryRun: boolean): string {
  const place = relative(from, app.directory) || ".";
  if (dryRun) {
    return [
      `Would write ${app.files.length} files to ${place}:`,
      ...app.files.map(({ path }) => `  ${path}`),
    ].join("\n");
  }
  const commands = [
    ...(place === "." ? [] : [`cd ${place}`]),
    ...(app.isInstalled ? [] : ["npm install"]),
    "npm test",
    "npm start",
  ];
  return `Made ${place}: ${app.files.length} files. Next:\n\n${commands.map((each) => `  ${each}`).join("\n")}\n`;
}
