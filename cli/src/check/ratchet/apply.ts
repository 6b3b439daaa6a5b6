import type { Violation } from "../violation.ts";
import { keyOf, RATCHET_FILE, type Ratchet, type RatchetEntry } from "./ratchet.ts";

/** Violations as the ratchet leaves them. */
export interface Applied {
  /** What is not covered, and what is wrong with the ratchet itself. */
  readonly violations: readonly Violation[];
  /** How many violations the ratchet covers. */
  readonly adopted: number;
}

/**
 * Takes out what the ratchet covers, and adds what it does wrong itself: an entry that nothing matches any more or
 * that says more than there is, one that has expired, and one that `base` did not have. So it can only shrink.
 * `text` is the ratchet's own, to point at.
 */
export function applyRatchet(
  found: readonly Violation[],
  ratchet: Ratchet,
  base: Ratchet | null,
  context: { readonly text: string; readonly today: string; readonly baseName: string },
): Applied {
  const groups = Map.groupBy(
    found.filter(({ severity }) => severity === "error"),
    keyOf,
  );
  const covered = new Set<Violation>();
  const own = ratchet.entries.flatMap((entry): Violation[] => {
    const group = groups.get(keyOf(entry)) ?? [];
    const place = placeOfEntry(context.text, entry);
    const fault = (rule: string, message: string, remedy: string): Violation => ({
      rule,
      severity: "error",
      module: group[0]?.module ?? null,
      file: RATCHET_FILE,
      ...place,
      message,
      remedy,
    });
    const named = `${entry.rule} in ${entry.file}`;
    const faults = base === null ? [] : grown(entry, base, context.baseName, fault);
    if (entry.expires < context.today) {
      return [
        ...faults,
        fault(
          "ratchet-expired",
          `the entry for ${named} expired on ${entry.expires}. It is ${entry.owner}'s: ${entry.issue}.`,
          "Put right what it stands for, and remove it; or agree on another day with its owner.",
        ),
      ];
    }
    if (group.length <= entry.count) for (const violation of group) covered.add(violation);
    if (group.length < entry.count) {
      const message =
        group.length === 0
          ? `nothing matches the entry for ${named} any more.`
          : `the entry for ${named} allows ${entry.count}, and there ${group.length === 1 ? "is" : "are"} ${group.length}.`;
      faults.push(
        fault("ratchet-stale", message, "Call `ashlar check --tighten`: what is put right stays so."),
      );
    }
    return faults;
  });
  return { violations: [...found.filter((each) => !covered.has(each)), ...own], adopted: covered.size };
}

/** The ratchet without what is no longer needed; counts go down with what is left. */
export function tightened(found: readonly Violation[], ratchet: Ratchet): Ratchet {
  const groups = Map.groupBy(
    found.filter(({ severity }) => severity === "error"),
    keyOf,
  );
  return {
    entries: ratchet.entries.flatMap((entry) => {
      const count = Math.min(entry.count, groups.get(keyOf(entry))?.length ?? 0);
      return count === 0 ? [] : [{ ...entry, count }];
    }),
  };
}

/** A ratchet of everything that is found. */
export function adopted(
  found: readonly Violation[],
  terms: Pick<RatchetEntry, "owner" | "issue" | "expires">,
): Ratchet {
  const groups = Map.groupBy(
    found.filter(({ severity }) => severity === "error"),
    keyOf,
  );
  return {
    entries: [...groups.values()].map((group) => ({
      rule: group[0]!.rule,
      file: group[0]!.file,
      count: group.length,
      ...terms,
    })),
  };
}

function grown(
  entry: RatchetEntry,
  base: Ratchet,
  baseName: string,
  fault: (rule: string, message: string, remedy: string) => Violation,
): Violation[] {
  const before = base.entries.find((each) => keyOf(each) === keyOf(entry));
  if (before !== undefined && entry.count <= before.count) return [];
  const change = before === undefined ? "is not in" : `allows ${entry.count}, and only ${before.count} in`;
  return [
    fault(
      "ratchet-grown",
      `the entry for ${entry.rule} in ${entry.file} ${change} the ratchet of ${baseName}.`,
      "Put the violation right instead: the ratchet takes over what was there on its first day, and then only shrinks.",
    ),
  ];
}

function placeOfEntry(text: string, { file, rule }: RatchetEntry): { line: number; column: number } {
  const lines = text.split("\n");
  // As it is written, a rule stands on the line before its file.
  const line = lines.findIndex(
    (each, index) =>
      each.includes(JSON.stringify(file)) &&
      [each, lines[index - 1], lines[index + 1]].some((near) => near?.includes(JSON.stringify(rule))),
  );
  return line === -1 ? { line: 1, column: 1 } : { line: line + 1, column: lines[line]!.search(/\S/) + 1 };
}
