import { ContractsError } from "./baseline-files.ts";
import type { ContractChange } from "./contract-change.ts";
import { isObject } from "./schema-node.ts";

/** A break that somebody has decided to make, for a reason and until a day. */
export interface Override {
  /** The key of the change: `became-required: ordering.placeOrder input /note`. */
  readonly id: string;
  readonly reason: string;
  /** The last day on which it counts, YYYY-MM-DD. */
  readonly expires: string;
}

export interface OverrideProblem {
  readonly id: string;
  readonly severity: "error" | "note";
  readonly text: string;
}

export interface Judged {
  readonly changes: readonly (ContractChange & { readonly override?: Override })[];
  readonly problems: readonly OverrideProblem[];
}

/** Reads contracts/overrides.json. Throws ContractsError naming the entry that is not as it should be. */
export function readOverrides(file: unknown, source: string): readonly Override[] {
  if (file === null) return [];
  const entries = isObject(file) ? file.overrides : undefined;
  if (!Array.isArray(entries)) {
    throw new ContractsError(
      `contracts/overrides.json of ${source} must be {"overrides": [{"id", "reason", "expires"}]}.`,
    );
  }
  return entries.map((entry: unknown, at) => {
    const fault = faultOf(entry);
    if (fault !== null) {
      throw new ContractsError(`contracts/overrides.json of ${source}, entry ${at + 1}: ${fault}.`);
    }
    return entry as Override;
  });
}

/**
 * Takes what is overridden out of the errors. An override that has expired, or that allows nothing, is a problem
 * itself; one that an earlier change brought in is done with, which is only noted.
 */
export function judge(
  changes: readonly ContractChange[],
  overrides: readonly Override[],
  earlier: readonly Override[],
  today = new Date(),
): Judged {
  const day = today.toISOString().slice(0, 10);
  const problems: OverrideProblem[] = [];
  const valid = new Map<string, Override>();
  for (const override of overrides) {
    const { id, expires } = override;
    if (valid.has(id)) problems.push({ id, severity: "error", text: "is there twice; keep one" });
    else if (expires < day) {
      problems.push({ id, severity: "error", text: `expired on ${expires}; remove it, or decide again` });
    } else valid.set(id, override);
  }
  const isOpen = ({ severity }: ContractChange) => severity === "error" || severity === "warning";
  const used = new Set(changes.filter(isOpen).map(({ key }) => key));
  for (const { id } of valid.values()) {
    if (used.has(id)) continue;
    const isOld = earlier.some((each) => each.id === id);
    problems.push(
      isOld
        ? { id, severity: "note", text: "is done with: its change was made before; remove it" }
        : {
            id,
            severity: "error",
            text: "allows nothing: there is no such change; remove it, or correct its id",
          },
    );
  }
  return {
    changes: changes.map((change) => {
      const override = isOpen(change) ? valid.get(change.key) : undefined;
      return override === undefined ? change : { ...change, severity: "note", override };
    }),
    problems,
  };
}

function faultOf(entry: unknown): string | null {
  if (!isObject(entry)) return "it is no object";
  const surplus = Object.keys(entry).filter((key) => !["id", "reason", "expires"].includes(key));
  if (surplus.length > 0) return `${surplus.join(", ")} means nothing here`;
  if (typeof entry.id !== "string" || entry.id === "") return "it has no id";
  if (typeof entry.reason !== "string" || entry.reason.trim() === "") return `${entry.id} has no reason`;
  const { expires } = entry;
  const isDay = typeof expires === "string" && /^\d{4}-\d{2}-\d{2}$/.test(expires);
  if (!isDay || Number.isNaN(Date.parse(expires)))
    return `${entry.id} needs "expires", a day like 2027-03-31`;
  // 2027-02-31 is read as a day in March.
  return new Date(expires).toISOString().startsWith(expires)
    ? null
    : `${entry.id}: there is no day ${expires}`;
}
