/** What a project has not put right yet, with who will and until when. One entry for a rule and a file. */
export interface RatchetEntry {
  readonly rule: string;
  /** Relative to the root, with slashes. */
  readonly file: string;
  /** How many violations of the rule the file may have. Lines move, so they are not told apart. */
  readonly count: number;
  readonly owner: string;
  /** Where the work on it is tracked: a URL. */
  readonly issue: string;
  /** The last day on which it counts, `YYYY-MM-DD`, in UTC. */
  readonly expires: string;
}

export interface Ratchet {
  readonly entries: readonly RatchetEntry[];
}

export const RATCHET_FILE = "ashlar-ratchet.json";

/** The ratchet cannot be read or says too little. Everything that is wrong with it is in the message. */
export class RatchetError extends Error {
  override readonly name = "RatchetError";
  readonly code = "ASHLAR_CLI_RATCHET_INVALID";
}

/** Reads the text of a ratchet. `where` names it in messages. Throws RatchetError. */
export function readRatchet(text: string, where: string): Ratchet {
  let value: { entries?: unknown };
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new RatchetError(`${where} is no JSON: ${(cause as Error).message}.`, { cause });
  }
  if (!Array.isArray(value?.entries)) {
    throw new RatchetError(`${where} must be { "entries": [...] }, as \`ashlar check --adopt\` writes it.`);
  }
  const faults = value.entries.flatMap((entry, index) =>
    faultsOf(entry).map((fault) => `  - entry ${index + 1}${nameOf(entry)}: ${fault}`),
  );
  const keys = new Map<string, number>();
  for (const [index, entry] of value.entries.entries()) {
    const key = keyOf(entry as RatchetEntry);
    const before = keys.get(key);
    if (before !== undefined && faults.length === 0) {
      faults.push(`  - entry ${index + 1}${nameOf(entry)}: stands there twice, as entry ${before + 1} too`);
    }
    keys.set(key, index);
  }
  if (faults.length > 0) throw new RatchetError(`${where} cannot be used:\n${faults.join("\n")}`);
  return { entries: value.entries as RatchetEntry[] };
}

export function writeRatchet({ entries }: Ratchet): string {
  const sorted = entries.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  return `${JSON.stringify({ entries: sorted }, null, 2)}\n`;
}

export function keyOf({ file, rule }: { readonly file: string; readonly rule: string }): string {
  return `${file}\n${rule}`;
}

/** A day of the calendar, not only something that looks like one. */
export function isDay(text: unknown): text is string {
  if (typeof text !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

export function isUrl(text: unknown): text is string {
  return typeof text === "string" && URL.canParse(text) && /^https?:/.test(text);
}

function faultsOf(entry: unknown): string[] {
  if (typeof entry !== "object" || entry === null) return ["is no object"];
  const { rule, file, count, owner, issue, expires } = entry as Record<string, unknown>;
  return [
    ...(isName(rule) ? [] : ["lacks its rule"]),
    ...(isName(file) ? [] : ["lacks its file"]),
    ...(Number.isInteger(count) && (count as number) > 0 ? [] : ["needs a count of 1 or more"]),
    ...(isName(owner) ? [] : ["lacks its owner: who will put it right"]),
    ...(isUrl(issue) ? [] : ["lacks its issue: a URL that begins with http"]),
    ...(isDay(expires) ? [] : ["lacks the day on which it expires: YYYY-MM-DD"]),
  ];
}

function nameOf(entry: unknown): string {
  const { rule, file } = (entry ?? {}) as Partial<RatchetEntry>;
  return isName(rule) && isName(file) ? ` (${rule} in ${file})` : "";
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}
