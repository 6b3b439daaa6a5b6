const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;

/** Reads `90s`, `3m`, `2h` or `7d` as milliseconds; null when it is none. */
export function readDuration(text: string): number | null {
  const match = /^([0-9]{1,6})([smhd])$/.exec(text);
  const unit = UNITS.find(([name]) => name === match?.[2]);
  return match === null || unit === undefined ? null : Number(match[1]) * unit[1];
}

/** In the largest unit that leaves nothing over: `90s`, `2m`, `1500ms`. */
export function writeDuration(milliseconds: number): string {
  const [unit, size] = UNITS.find(([, each]) => milliseconds % each === 0)!;
  return `${milliseconds / size}${unit}`;
}
