import type { ObservedEdge, ObservedReads } from "ashlar/module";
import type { Project } from "../project/project.ts";
import { mergeEdges, mergeReads } from "./merge.ts";
import { readTestRuns } from "./test-runs.ts";

/** What really happened between the modules of a project, in its last test runs and in a running app. */
export interface Observed {
  /** In the order of their ids. */
  readonly edges: readonly ObservedEdge[];
  /**
   * What consumers touched of what they received. A consumer or member that is missing was not watched, so nothing is
   * known of it; one with an empty list received the value and touched nothing.
   */
  readonly reads: ObservedReads;
  /** Which paths were there to be touched. A path that is in no list was never in a value: nobody can have read it. */
  readonly present: ObservedReads;
  readonly sources: readonly ObservedSource[];
}

export interface ObservedSource {
  readonly kind: "test" | "database";
  /** The test file, relative to the root, or the name of the app. */
  readonly name: string;
  /** When it last told something, ISO 8601; null when it never did. */
  readonly at: string | null;
}

export interface ObservedOptions {
  /** URL of the database of a running app, as its administrator. */
  readonly database?: string | undefined;
}

/**
 * Reads what test runs left in `.ashlar/observed` and, when it is asked for, what an app noted in its database. Knows
 * only of modules that the project has. Throws ObservedError for a file that cannot be read.
 */
export async function readObserved(project: Project, options: ObservedOptions = {}): Promise<Observed> {
  const runs = readTestRuns(project.root);
  const stored =
    options.database === undefined
      ? null
      : await (await import("./database-edges.ts")).databaseEdges(options.database);
  const modules = new Set(project.modules.map(({ module }) => module));
  const isKnown = (id: string) => modules.has(id.slice(0, id.indexOf(".")));
  return {
    edges: mergeEdges([...runs.flatMap(({ edges }) => edges), ...(stored?.edges ?? [])]).filter(
      ({ from, to }) => isKnown(from) && isKnown(to),
    ),
    reads: mergeReads(
      runs.map(({ reads }) => reads),
      isKnown,
    ),
    present: mergeReads(
      runs.map(({ present }) => present),
      isKnown,
    ),
    sources: [
      ...runs.map(({ test, at }): ObservedSource => ({ kind: "test", name: test, at })),
      ...(stored === null
        ? []
        : [
            {
              kind: "database" as const,
              name: stored.app,
              at: latest(stored.edges.map(({ lastAt }) => lastAt)),
            },
          ]),
    ],
  };
}

export type Verdict = "read" | "not read" | "unknown";

/**
 * Whether a consumer has touched the value at `path`. Not read: it was there, or something around it was, and the
 * consumer left it alone. Unknown: it was never in a value that was watched; who asks should take that for read.
 */
export function verdictOn(
  observed: Pick<Observed, "reads" | "present">,
  consumer: string,
  member: string,
  path: string,
): Verdict {
  const reads = observed.reads[consumer]?.[member];
  if (reads === undefined) return "unknown";
  if (reads.includes(path)) return "read";
  const present = new Set(observed.present[consumer]?.[member]);
  for (let part = path; part !== ""; part = part.slice(0, part.lastIndexOf("/"))) {
    if (present.has(part) && !reads.includes(part)) return "not read";
  }
  return "unknown";
}

function latest(times: readonly string[]): string | null {
  return times.toSorted().at(-1) ?? null;
}
