import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type AnyEvent,
  type ErrorKind,
  isEvent,
  membersOf,
  type TransactionMode,
  type TSchema,
  wireCode,
} from "../contract/index.ts";
import { DEFAULT_QUEUE, type QueuePolicy, type ScheduleTiming } from "../jobs/index.ts";
import type { AuthPolicy } from "./auth-policy.ts";
import type { Module } from "./definition.ts";
import { operationsOf, viewsOf } from "./graph.ts";
import type { Method } from "./route.ts";

/**
 * What an app says of itself, as plain JSON: the one model that the checks, the graph, the contract baselines, the
 * documentation and the console read. Schemas are JSON Schema without TypeBox's own marks. Lists keep the order of
 * their declaration.
 */
export interface AppDescription {
  readonly name: string;
  readonly modules: readonly ModuleDescription[];
}

export interface ModuleDescription {
  readonly name: string;
  readonly operations: readonly OperationDescription[];
  readonly events: readonly EventDescription[];
  /** Views that the module publishes. */
  readonly views: readonly ViewDescription[];
  /** Names of the modules it may call. */
  readonly uses: readonly string[];
  /** Ids of other modules' views that it reads: `catalog.productListing`. */
  readonly reads: readonly string[];
  readonly routes: readonly RouteDescription[];
  readonly jobs: readonly JobDescription[];
  readonly subscribers: readonly SubscriberDescription[];
  readonly schedules: readonly ScheduleDescription[];
  readonly queues: Readonly<Record<string, QueuePolicy>>;
  /** What the host must give it. */
  readonly ports: readonly string[];
  /** Schema of its settings; null when it has none. */
  readonly settings: JsonSchema | null;
  /** Directory of its migrations, relative to the root that the description was made with; null without any. */
  readonly migrations: string | null;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface OperationDescription {
  /** `<module>.<name>`. */
  readonly id: string;
  readonly name: string;
  readonly kind: "command" | "query";
  /** Null for a query. */
  readonly transaction: TransactionMode | null;
  readonly input: JsonSchema;
  readonly output: JsonSchema;
  readonly errors: readonly ErrorDescription[];
}

export interface ErrorDescription {
  /** As callers see it: `ORDERING_CART_EMPTY`. */
  readonly code: string;
  readonly kind: ErrorKind;
  readonly description: string;
  readonly data: JsonSchema;
  readonly commits: boolean;
}

export interface EventDescription {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly payload: JsonSchema;
  /** Older versions that stored events can be brought up from. */
  readonly upcasts: readonly number[];
}

export interface ViewDescription {
  readonly id: string;
  readonly name: string;
  /** Its name in the schema. */
  readonly view: string;
  readonly row: JsonSchema;
}

export interface RouteDescription {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly auth: AuthPolicy;
  /** Id of the operation it serves; null for one that takes a stream. */
  readonly operation: string | null;
}

export interface JobDescription {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  readonly payload: JsonSchema;
}

export interface SubscriberDescription {
  readonly name: string;
  /** Id of the event. */
  readonly event: string;
  readonly queue: string;
  readonly inOrder: boolean;
}

export interface ScheduleDescription {
  readonly name: string;
  /** Id of the job. */
  readonly job: string;
  readonly timing: ScheduleTiming;
}

/** Whether a value is what `defineModule` makes. For values of somebody else's code. */
export function isModule(value: unknown): value is Module {
  const { name, contract, handlers } = (value ?? {}) as Partial<Module>;
  return typeof name === "string" && contract?.contractName === name && Array.isArray(handlers);
}

/** Describes modules, none of which needs to be complete. `root` is what paths are relative to. */
export function describeApp(name: string, modules: readonly Module[], root: string): AppDescription {
  return { name, modules: modules.map((module) => describeModule(module, root)) };
}

function describeModule(module: Module, root: string): ModuleDescription {
  return {
    name: module.name,
    operations: operationsOf(module).map((operation) => ({
      id: operation.id,
      name: operation.name,
      kind: operation.kind,
      transaction: operation.kind === "command" ? operation.transaction : null,
      input: jsonSchema(operation.input),
      output: jsonSchema(operation.output),
      errors: Object.entries(operation.errors).map(([code, { kind, description, data, commits }]) => ({
        code: wireCode(operation, code),
        kind,
        description,
        data: jsonSchema(data),
        commits,
      })),
    })),
    events: membersOf(module.contract).filter(isEvent).map(describeEvent),
    views: viewsOf(module).map(({ id, name, view, row }) => ({ id, name, view, row: jsonSchema(row) })),
    uses: module.uses.map(({ contractName }) => contractName),
    reads: module.reads.map(({ id }) => id),
    routes: module.routes.map((route) => ({
      method: route.method,
      path: route.path,
      summary: route.summary,
      auth: route.auth,
      operation: route.kind === "stream" ? null : route.operation.id,
    })),
    jobs: module.declaredJobs.map(({ id, name, payload, policy }) => ({
      id,
      name,
      queue: policy.queue ?? DEFAULT_QUEUE,
      payload: jsonSchema(payload as TSchema),
    })),
    subscribers: module.subscribers.map(({ event, policy }) => ({
      name: policy.name,
      event: event.id,
      queue: policy.queue ?? DEFAULT_QUEUE,
      inOrder: policy.inOrder ?? false,
    })),
    schedules: module.schedules.map(({ name, job, timing }) => ({ name, job: job.id, timing })),
    queues: module.queues,
    ports: module.ports,
    settings: module.settings === null ? null : jsonSchema(module.settings),
    migrations: module.migrations === null ? null : pathFrom(root, module.migrations),
  };
}

function describeEvent({ id, name, version, payload, upcast }: AnyEvent): EventDescription {
  return { id, name, version, payload: jsonSchema(payload), upcasts: Object.keys(upcast).map(Number) };
}

function pathFrom(root: string, directory: URL): string {
  return relative(root, fileURLToPath(directory)).replaceAll("\\", "/");
}

/** TypeBox keeps its own marks under names that begin with `~`; they are no JSON Schema. */
function jsonSchema(schema: TSchema): JsonSchema {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) => (key.startsWith("~") ? undefined : value)),
  ) as JsonSchema;
}
