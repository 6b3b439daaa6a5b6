import type { ObservedSource } from "../observed/observed.ts";
import { number, plural } from "../table.ts";
import type { Section } from "./canvas-sections.ts";
import type { Comparison } from "./comparison.ts";

export const HOW_TO_OBSERVE =
  "Nothing was observed yet. Run the tests (`npm test`), which note what really happens between modules, or give --database <url> of an app that runs.";

const VERBS = { call: "calls", delivery: "takes in", read: "reads" } as const;

/** A comparison as every form shows it. `when` writes the instant at which something was seen last. */
export function comparisonSections(
  { unused, singlePath, seen }: Comparison,
  when: (instant: string) => string = minute,
): readonly (Section & { empty: string })[] {
  return [
    {
      title: "Declared and never seen",
      columns: ["who", "", "what", "where"],
      rows: unused.map(({ kind, from, to, places }) => [from, VERBS[kind], to, places.join(", ")]),
      empty: "Everything that is declared was seen.",
    },
    {
      title: "Called on one path only",
      columns: ["operation", "called by", "times"],
      rows: singlePath.map(({ from, to, count }) => [to, from, number(count)]),
      empty: "Every operation that was called has more than one caller.",
    },
    {
      title: "Seen between modules",
      columns: ["who", "", "what", "times", "last"],
      rows: seen.map(({ kind, from, to, count, lastAt }) => [
        from,
        VERBS[kind],
        to,
        number(count),
        when(lastAt),
      ]),
      empty: "No module was seen to need another.",
    },
  ];
}

/** `27 test files, last 2026-11-21 08:12 UTC; the database of shop, …`. */
export function sourcesText(sources: readonly ObservedSource[]): string {
  const tests = sources.filter(({ kind }) => kind === "test");
  const last = tests
    .flatMap(({ at }) => at ?? [])
    .sort()
    .at(-1);
  return [
    ...(tests.length === 0
      ? []
      : [`${plural(tests.length, "test file")}${last === undefined ? "" : `, last run ${minute(last)}`}`]),
    ...sources
      .filter(({ kind }) => kind === "database")
      .map(
        ({ name, at }) =>
          `the running app ${name}, ${at === null ? "which has noted nothing" : `last noted ${minute(at)}`}`,
      ),
  ].join("; ");
}

function minute(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}
