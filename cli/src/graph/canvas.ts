import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CodeOwners, type GraphEdge, type ModuleGraph, nameOf, readCodeOwners } from "@ashlar/graph";
import type { AppDescription, ModuleDescription } from "ashlar/module";
import { exactly } from "../durations.ts";
import type { Project } from "../project/project.ts";
import { ownedTables } from "../sql/owned-relations.ts";

/** Everything about one module that somebody who has to change it asks first. Plain data. */
export interface Canvas {
  readonly module: string;
  /** Relative to the root. */
  readonly directory: string;
  /** The first paragraph of its README; null without one. */
  readonly purpose: string | null;
  /** By CODEOWNERS. */
  readonly owners: readonly string[];
  /** Where the owners come from; null when the project has no CODEOWNERS. */
  readonly ownersFile: string | null;
  readonly tables: readonly string[];
  readonly operations: readonly { name: string; kind: "command" | "query"; transaction: string | null }[];
  readonly publishes: readonly { event: string; version: number; subscribers: readonly string[] }[];
  readonly subscribes: readonly { event: string; subscriber: string; inOrder: boolean }[];
  readonly jobs: readonly { name: string; queue: string; schedules: readonly string[] }[];
  readonly routes: readonly { method: string; path: string; auth: string; operation: string | null }[];
  readonly views: readonly string[];
  /** Views of others, by id. */
  readonly reads: readonly string[];
  readonly ports: readonly string[];
  readonly settings: readonly { name: string; isRequired: boolean }[];
  /** Operations of others that it calls, by id. */
  readonly calls: readonly { operation: string; isAtomic: boolean }[];
  /** Modules that call it, with the operations they call. */
  readonly calledBy: readonly { module: string; operations: readonly string[]; atomic: number }[];
}

/** The canvases of all modules of a project, in its order. */
export async function canvasesOf(
  project: Project,
  app: AppDescription,
  graph: ModuleGraph,
): Promise<readonly Canvas[]> {
  const owners = readCodeOwners(project.root);
  return await Promise.all(app.modules.map((module) => canvasOf(project, app, graph, module, owners)));
}

async function canvasOf(
  project: Project,
  app: AppDescription,
  graph: ModuleGraph,
  module: ModuleDescription,
  owners: CodeOwners,
): Promise<Canvas> {
  const { name } = module;
  const directory = project.modules.find((each) => each.module === name)?.directory ?? name;
  return {
    module: name,
    directory,
    purpose: purposeOf(join(project.root, directory, "README.md")),
    owners: owners.ownersOf(directory),
    ownersFile: owners.file,
    tables: module.migrations === null ? [] : await ownedTables(join(project.root, module.migrations)),
    operations: module.operations.map(({ name: operation, kind, transaction }) => ({
      name: operation,
      kind,
      transaction,
    })),
    publishes: module.events.map(({ id, name: event, version }) => ({
      event,
      version,
      subscribers: app.modules.flatMap(({ name: subscriber, subscribers }) =>
        subscribers.filter((each) => each.event === id).map((each) => `${subscriber}.${each.name}`),
      ),
    })),
    subscribes: module.subscribers.map(({ event, name: subscriber, inOrder }) => ({
      event,
      subscriber,
      inOrder,
    })),
    jobs: module.jobs.map(({ id, name: job, queue }) => ({
      name: job,
      queue,
      schedules: module.schedules
        .filter((schedule) => schedule.job === id)
        .map(({ timing }) => timingText(timing)),
    })),
    routes: module.routes.map(({ method, path, auth, operation }) => ({
      method,
      path,
      auth: authText(auth),
      operation: operation === null ? null : nameOf(operation),
    })),
    views: module.views.map(({ view }) => view),
    reads: module.reads,
    ports: module.ports,
    settings: settingsOf(module),
    calls: graph.edges.filter((edge) => edge.from === name).flatMap(callsOf),
    calledBy: graph.edges.flatMap((edge) =>
      edge.kind === "calls" && edge.to === name ? [callerOf(edge)] : [],
    ),
  };
}

/** The first paragraph below the title, in one line. */
export function purposeOf(readme: string): string | null {
  if (!existsSync(readme)) return null;
  const paragraphs = readFileSync(readme, "utf8")
    .replace(/\r/g, "")
    .replace(/<!--[\s\S]*?-->/g, "")
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/^#.*$/gm, "").trim());
  const first = paragraphs.find(
    (paragraph) => paragraph !== "" && !/^([-*|>]|!\[|\[!|```|=+$)/.test(paragraph),
  );
  return first?.replace(/\s+/g, " ") ?? null;
}

function callsOf(edge: GraphEdge): Canvas["calls"] {
  return edge.kind === "calls"
    ? edge.operations.map(({ id, isAtomic }) => ({ operation: id, isAtomic }))
    : [];
}

function callerOf({ from, operations }: GraphEdge & { kind: "calls" }): Canvas["calledBy"][number] {
  return {
    module: from,
    operations: operations.map(({ id }) => nameOf(id)),
    atomic: operations.filter(({ isAtomic }) => isAtomic).length,
  };
}

function settingsOf({ settings }: ModuleDescription): Canvas["settings"] {
  const { properties = {}, required = [] } = (settings ?? {}) as {
    readonly properties?: object;
    readonly required?: readonly string[];
  };
  return Object.keys(properties).map((name) => ({ name, isRequired: required.includes(name) }));
}

function authText(auth: ModuleDescription["routes"][number]["auth"]): string {
  const who = { anyone: "anyone", signed_in: "signed in", role: `role ${"role" in auth ? auth.role : ""}` }[
    auth.kind
  ];
  return "scope" in auth && auth.scope !== undefined ? `${who}, scope ${auth.scope}` : who;
}

function timingText({ cron, timeZone, everyMs }: ModuleDescription["schedules"][number]["timing"]): string {
  return cron === undefined ? `every ${exactly(everyMs ?? 0)}` : `${cron} ${timeZone ?? "UTC"}`;
}
