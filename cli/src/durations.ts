import { UsageError } from "./exit-code.ts";

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** As short as it can be told: `45s`, `3m`, `2h`, `12d`. */
export function age(milliseconds: number): string {
  const [unit, size] = UNITS.find(([, each]) => milliseconds >= each) ?? ["s", 1_000];
  return `${Math.max(0, Math.floor(milliseconds / size))}${unit}`;
}

/** In the largest unit that leaves nothing over: `90s`, `2m`, `1500ms`. */
export function exactly(milliseconds: number): string {
  const [unit, size] = UNITS.find(([, each]) => milliseconds % each === 0) ?? ["ms", 1];
  return `${milliseconds / size}${unit}`;
}

/** Reads `90s`, `3m`, `2h` or `7d` as milliseconds. */
export function readDuration(text: string): number {
  const match = /^([0-9]{1,6})([smhd])$/.exec(text);
  const unit = UNITS.find(([name]) => name === match?.[2]);
  if (match !== null && unit !== undefined) return Number(match[1]) * unit[1];
  throw new UsageError(`${JSON.stringify(text)} is no length of time. It looks like 90s, 3m, 2h or 7d.`);
}

/** Reads a date as of ISO 8601, or a length of time ago. */
export function readInstant(text: string, now: number = Date.now()): Date {
  if (/^[0-9]{1,6}[smhd]$/.test(text)) return new Date(now - readDuration(text));
  const date = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(date.getTime())) return date;
  throw new UsageError(
    `${JSON.stringify(text)} is no time. It looks like 2026-05-04T10:00:00Z, or like 2h for two hours ago.`,
  );
}
