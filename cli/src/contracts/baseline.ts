import type {
  AppDescription,
  AuthPolicy,
  ErrorDescription,
  JsonSchema,
  ModuleDescription,
  ScheduleDescription,
} from "ashlar/module";
import type { Model } from "../model/model.ts";
import type { Project } from "../project/project.ts";
import { isAnnotation, isObject } from "./schema-node.ts";

/**
 * What one module promises, as it is committed. Everything is keyed by its name, so that a review shows what changed
 * and nothing else, and without texts that promise nothing.
 */
export interface ModuleBaseline {
  readonly module: string;
  /** Its callers are deployed on their own, so nothing is compiled together. */
  readonly remote?: true;
  readonly operations: Readonly<Record<string, OperationBaseline>>;
  readonly events: Readonly<Record<string, EventBaseline>>;
  readonly views: Readonly<Record<string, ViewBaseline>>;
  readonly jobs: Readonly<Record<string, JobBaseline>>;
  readonly subscribers: Readonly<Record<string, SubscriberBaseline>>;
  readonly schedules: Readonly<Record<string, ScheduleBaseline>>;
  /** By method and path. */
  readonly routes: Readonly<Record<string, RouteBaseline>>;
}

export interface OperationBaseline {
  readonly kind: "command" | "query";
  readonly transaction: string | null;
  readonly input: JsonSchema;
  readonly output: JsonSchema;
  readonly errors: Readonly<Record<string, Pick<ErrorDescription, "kind" | "data" | "commits">>>;
}

export interface EventBaseline {
  readonly version: number;
  readonly upcasts: readonly number[];
  readonly payload: JsonSchema;
}

export interface ViewBaseline {
  readonly view: string;
  readonly row: JsonSchema;
}

export interface JobBaseline {
  readonly queue: string;
  readonly payload: JsonSchema;
}

export interface SubscriberBaseline {
  readonly event: string;
  readonly queue: string;
}

export interface ScheduleBaseline {
  readonly job: string;
  readonly timing: ScheduleDescription["timing"];
}

export interface RouteBaseline {
  readonly auth: AuthPolicy;
  readonly operation: string | null;
}

/** Consumer, then what it takes in, then JSON pointers into that which it looked at; `*` is any item or any key. */
export interface ConsumerReads {
  readonly [consumer: string]: { readonly [member: string]: readonly string[] };
}

/** All that is committed in `contracts/`, or what stands for it now. */
export interface Baselines {
  readonly modules: Readonly<Record<string, ModuleBaseline>>;
  readonly openApi: object | null;
  readonly reads: ConsumerReads;
}

/** What the modules promise as they are now. */
export function baselinesOf(model: Model, project: Project, reads: ConsumerReads): Baselines {
  const remote = new Set(
    project.modules.filter(({ manifest }) => manifest.ashlar?.remote === true).map(({ module }) => module),
  );
  return {
    modules: byName(
      model.app.modules,
      ({ name }) => name,
      (module) => moduleBaseline(module, remote.has(module.name)),
    ),
    openApi: model.openApi,
    reads,
  };
}

function moduleBaseline(module: AppDescription["modules"][number], isRemote: boolean): ModuleBaseline {
  return {
    module: module.name,
    ...(isRemote ? { remote: true } : {}),
    ...membersOf(module),
  };
}

function membersOf(module: ModuleDescription): Omit<ModuleBaseline, "module" | "remote"> {
  const named = ({ name }: { readonly name: string }) => name;
  return {
    operations: byName(module.operations, named, ({ kind, transaction, input, output, errors }) => ({
      kind,
      transaction,
      input: promised(input),
      output: promised(output),
      errors: byName(
        errors,
        ({ code }) => code,
        (error) => ({
          kind: error.kind,
          commits: error.commits,
          data: promised(error.data),
        }),
      ),
    })),
    events: byName(module.events, named, ({ version, upcasts, payload }) => ({
      version,
      upcasts,
      payload: promised(payload),
    })),
    views: byName(module.views, named, ({ view, row }) => ({ view, row: promised(row) })),
    jobs: byName(module.jobs, named, ({ queue, payload }) => ({ queue, payload: promised(payload) })),
    subscribers: byName(module.subscribers, named, ({ event, queue }) => ({ event, queue })),
    schedules: byName(module.schedules, named, ({ job, timing }) => ({ job, timing })),
    routes: byName(
      module.routes,
      ({ method, path }) => `${method} ${path}`,
      ({ auth, operation }) => ({
        auth,
        operation,
      }),
    ),
  };
}

function byName<From, To>(
  list: readonly From[],
  nameOf: (each: From) => string,
  to: (each: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(list.map((each) => [nameOf(each), to(each)]));
}

/** A schema without its descriptions, and with its required properties in order. */
function promised(schema: JsonSchema): JsonSchema {
  return withoutTexts(schema) as JsonSchema;
}

function withoutTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTexts);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !isAnnotation(key) || key.startsWith("x-") || key.startsWith("$"))
      .map(([key, member]) => [key, memberWithoutTexts(key, member)]),
  );
}

function memberWithoutTexts(key: string, member: unknown): unknown {
  if (key === "required" && Array.isArray(member)) return (member as string[]).toSorted();
  if (key === "default" || key === "const" || key === "enum") return member;
  if ((key === "properties" || key === "patternProperties" || key === "$defs") && isObject(member)) {
    return Object.fromEntries(Object.entries(member).map(([name, each]) => [name, withoutTexts(each)]));
  }
  return withoutTexts(member);
}
