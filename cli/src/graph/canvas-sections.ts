import type { Canvas } from "./canvas.ts";

/** A part of a canvas as every form shows it: a title and a small table. */
export interface Section {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The parts of a canvas that have something in them. */
export function sectionsOf(canvas: Canvas): Section[] {
  const { operations, publishes, subscribes, jobs, routes, calls, calledBy, settings } = canvas;
  const sections: Section[] = [
    {
      title: "Called by",
      columns: ["module", "operations", ""],
      rows: calledBy.map(({ module, operations: called, atomic }) => [
        module,
        called.join(", ") || "none found",
        atomic === 0 ? "" : `${atomic} atomic`,
      ]),
    },
    {
      title: "Calls",
      columns: ["operation", ""],
      rows: calls.map(({ operation, isAtomic }) => [operation, isAtomic ? "atomic" : ""]),
    },
    {
      title: "Operations",
      columns: ["operation", "kind", "transaction"],
      rows: operations.map(({ name, kind, transaction }) => [name, kind, transaction ?? ""]),
    },
    {
      title: "Events out",
      columns: ["event", "version", "subscribers"],
      rows: publishes.map(({ event, version, subscribers }) => [
        event,
        `v${version}`,
        subscribers.join(", ") || "nobody",
      ]),
    },
    {
      title: "Events in",
      columns: ["event", "subscriber", ""],
      rows: subscribes.map(({ event, subscriber, inOrder }) => [
        event,
        subscriber,
        inOrder ? "in order" : "",
      ]),
    },
    {
      title: "Jobs",
      columns: ["job", "queue", "schedule"],
      rows: jobs.map(({ name, queue, schedules }) => [name, queue, schedules.join("; ")]),
    },
    {
      title: "Routes",
      columns: ["route", "operation", "who"],
      rows: routes.map(({ method, path, operation, auth }) => [
        `${method} ${path}`,
        operation ?? "(stream)",
        auth,
      ]),
    },
    { title: "Tables", columns: ["table"], rows: single(canvas.tables) },
    { title: "Views published", columns: ["view"], rows: single(canvas.views) },
    { title: "Views read", columns: ["view"], rows: single(canvas.reads) },
    { title: "Ports", columns: ["port"], rows: single(canvas.ports) },
    {
      title: "Settings",
      columns: ["setting", ""],
      rows: settings.map(({ name, isRequired }) => [name, isRequired ? "" : "optional"]),
    },
  ];
  return sections.filter(({ rows }) => rows.length > 0);
}

/** Stands where a module has no purpose. */
export const NO_PURPOSE = "It has no README that says what it is for.";

/** Who owns the module, or why nobody is named. */
export function ownersText({ owners, ownersFile, directory }: Canvas): string {
  if (ownersFile === null) return "nobody is named: the project has no CODEOWNERS";
  return owners.length > 0 ? owners.join(", ") : `nobody: no line of ${ownersFile} names ${directory}`;
}

function single(values: readonly string[]): string[][] {
  return values.map((value) => [value]);
}
