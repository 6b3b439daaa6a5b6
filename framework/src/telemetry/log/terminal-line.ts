import { styleText } from "node:util";
import { controlsShown } from "./control-characters.ts";
import type { ErrorFields } from "./error-fields.ts";

type Style = Parameters<typeof styleText>[0];

const LEVEL_STYLES: Readonly<Record<string, Style>> = {
  trace: "dim",
  debug: "blue",
  info: "green",
  warn: "yellow",
  error: "red",
  fatal: ["bold", "red"],
};
const MODULE_WIDTH = 9;
const INDENT = " ".repeat(4);

/**
 * A line of the log for somebody who watches it: time of day, level, module, message and what else there is. What was
 * logged can neither begin a line nor command the terminal: its control characters are shown, not sent.
 */
export function terminalLine(json: string, hasColors: boolean): string {
  const { time, level, module, msg, err, ...rest } = JSON.parse(json) as Record<string, unknown>;
  const style = (style: Style, text: string) =>
    hasColors ? styleText(style, text, { validateStream: false }) : text;
  const word = String(level);
  const parts = [
    style("dim", timeOfDay(String(time))),
    style(LEVEL_STYLES[word] ?? "dim", word.toUpperCase().padEnd(5)),
    style("cyan", controlsShown(String(module ?? "")).padEnd(MODULE_WIDTH)),
    controlsShown(typeof msg === "string" ? msg : ""),
  ];
  const fields = Object.entries(rest).map(([key, value]) => `${controlsShown(key)}=${shownValue(value)}`);
  const blocks = isDescribed(err) ? errorLines(err) : [];
  if (err !== undefined && blocks.length === 0) fields.push(`err=${shownValue(err)}`);
  if (fields.length > 0) parts.push(style("dim", fields.join(" ")));
  const lines = [
    parts.join(" ").trimEnd(),
    ...blocks.map((line) => style("dim", `${INDENT}${controlsShown(line)}`)),
  ];
  return `${lines.join("\n")}\n`;
}

function errorLines(err: ErrorFields): string[] {
  const causes = (err.causes ?? []).flatMap((cause) => ["caused by", ...describe(cause)]);
  return [...describe(err), ...causes];
}

/** The message may have several lines, and stands at the head of the stack as well. */
function describe({ type, code, message, stack = "" }: ErrorFields): string[] {
  const head = `${type}: ${message}`;
  const frames = stack.startsWith(head) ? stack.slice(head.length) : stack;
  const name = code === undefined ? head : `${head} [${code}]`;
  return [...name.split("\n"), ...frames.split("\n").filter((line) => line !== "")];
}

function isDescribed(err: unknown): err is ErrorFields {
  return (
    typeof err === "object" && err !== null && typeof (err as { message?: unknown }).message === "string"
  );
}

function timeOfDay(iso: string): string {
  const time = new Date(iso);
  const two = (part: number) => String(part).padStart(2, "0");
  const milliseconds = String(time.getMilliseconds()).padStart(3, "0");
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${milliseconds}`;
}

function shownValue(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  // Quoted where it would otherwise run into the next field.
  return controlsShown(typeof value === "string" && /[\s="]|^$/.test(text) ? JSON.stringify(text) : text);
}
