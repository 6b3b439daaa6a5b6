import type {
  AnyContract,
  AnyEvent,
  AnyOperation,
  AnyView,
  InputOf,
  OutputOf,
  PayloadOf,
  RowOf,
  Static,
  TObject,
  TSchema,
} from "../contract/index.ts";
import {
  type AnyJob,
  type JobDeclaration,
  type JobPayload,
  type JobPolicy,
  jobDeclaration,
  type QueuePolicy,
  type ScheduleDeclaration,
  type ScheduleTiming,
} from "../jobs/index.ts";
import type { NotOwn } from "./compile-errors.ts";
import type { Context, JobContext } from "./context.ts";
import type { JobHandler, SubscriberHandler, SubscriberPolicy } from "./job.ts";
import type { AnyRoute, Route, RouteParts, StreamRoute, StreamRouteParts } from "./route.ts";

/** The views a module reads, under the names Kysely knows them by: `catalog.product_listing`. */
type ViewTables<Views extends readonly AnyView[]> = {
  [V in Views[number] as `${V["contract"]}.${V["view"]}`]: RowOf<V>;
};

// biome-ignore lint/suspicious/noExplicitAny: a handler is called with the context its own module made
type Run = (input: any, context: any) => Promise<unknown>;

/** A use case bound to the operation it carries out. */
export interface Handler {
  readonly operation: AnyOperation;
  readonly run: Run;
}

/** Names the row types of a module's tables for the compiler; nothing at run time. */
export function tables<Tables>(): { readonly types?: Tables } {
  return {};
}

/**
 * Names the ports of a module: interfaces to the world outside of the process, which the host gives it. The names are
 * checked at boot, the types by the compiler.
 */
export function ports<Ports extends object>(...names: readonly (keyof Ports & string)[]): PortNames<Ports> {
  return { names };
}

export interface PortNames<Ports> {
  readonly names: readonly string[];
  readonly types?: Ports;
}

export interface DefinitionParts<Uses, Views, Tables, Settings, Ports> {
  /** Contracts this module may call. The declared graph: acyclic, and no call outside it compiles. */
  readonly uses?: Uses;
  /** Views of other modules this one may select from; Postgres is told to allow just these. */
  readonly reads?: Views;
  readonly tables?: { readonly types?: Tables };
  /** Schema of what the host must configure; values are checked at boot. */
  readonly settings?: Settings;
  /** See `ports`. */
  readonly ports?: PortNames<Ports>;
  /** The module's queues beside `default`, or `default` with other values. */
  readonly queues?: Readonly<Record<string, QueuePolicy>>;
}

/**
 * What a module is, before its use cases exist: contract, `uses`, tables, settings. Use cases import the typed
 * `handle` and `route` from it, and `module.ts` imports the use cases, so no import goes round in a circle.
 */
export interface Definition<Module extends AnyContract, Uses extends AnyContract, Tables, Settings, Ports> {
  readonly contract: Module;
  readonly uses: readonly AnyContract[];
  readonly reads: readonly AnyView[];
  readonly settings: TObject | null;
  readonly ports: readonly string[];
  readonly queues: Readonly<Record<string, QueuePolicy>>;
  /** Every kind that `job` has declared so far. */
  readonly declaredJobs: readonly AnyJob[];
  /** Carries out one operation of the contract. */
  handle<Op extends AnyOperation>(
    operation: Op["contract"] extends Module["contractName"] ? Op : NotOwn<Module, Op["contract"]>,
    // NoInfer: the operation alone says what the types are. Inferring it back through the schemas of `run` cost the
    // compiler 1.2 million instantiations a use case; this costs 10 thousand.
    run: NoInfer<
      (
        input: InputOf<Op>,
        context: Context<Module, Uses, Tables, Settings, Ports, Op>,
      ) => Promise<OutputOf<Op>>
    >,
  ): Handler;
  /** Serves one operation of the contract over HTTP. */
  route<
    Op extends AnyOperation,
    Params extends TObject | undefined = undefined,
    Query extends TObject | undefined = undefined,
    Body extends TSchema | undefined = undefined,
  >(
    operation: Op["contract"] extends Module["contractName"] ? Op : NotOwn<Module, Op["contract"]>,
    parts: RouteParts<Op, Params, Query, Body>,
  ): Route;
  streamRoute<Output extends TSchema>(parts: StreamRouteParts<Output>): StreamRoute;
  /**
   * Declares a kind of job of this module. The name is stored with each job, so it stays for good; a job that is
   * older than the code is validated again before it runs.
   */
  job<const Name extends string, Payload extends TSchema>(
    name: Name,
    parts: { readonly payload: Payload } & JobPolicy<NoInfer<Static<Payload>>>,
  ): JobDeclaration<Module["contractName"], Name, Payload>;
  /**
   * Carries out one kind of job. What it returns is kept as the job's output. It throws to be tried again, and
   * returns `job.snooze`, `job.cancel` or `job.giveUp` for the other ends.
   */
  perform<J extends AnyJob>(
    job: J["module"] extends Module["contractName"] ? J : NotOwn<Module, J["module"]>,
    run: NoInfer<
      (payload: JobPayload<J>, context: JobContext<Module, Uses, Tables, Settings, Ports>) => Promise<unknown>
    >,
  ): JobHandler;
  /**
   * Subscribes to an event of any module's contract. Each delivery is a job of this module, with its own attempts
   * and its own dead letter. `name` is stored with each delivery, so it stays for good.
   */
  on<E extends AnyEvent>(
    event: E,
    policy: SubscriberPolicy,
    run: NoInfer<
      (
        event: PublishedEvent<PayloadOf<E>>,
        context: JobContext<Module, Uses, Tables, Settings, Ports>,
      ) => Promise<unknown>
    >,
  ): SubscriberHandler;
  /** Enqueues a job at certain times, once each over all instances. */
  schedule<J extends AnyJob>(
    name: string,
    parts: ScheduleTiming & {
      readonly job: J["module"] extends Module["contractName"] ? J : NotOwn<Module, J["module"]>;
      readonly payload: NoInfer<JobPayload<J>>;
    },
  ): ScheduleDeclaration;
}

/** An event as a subscriber receives it: the payload in the newest version of the contract. */
export interface PublishedEvent<Payload> {
  /** Unique with the publisher's name; grows with time. */
  readonly id: number;
  readonly key: string | null;
  readonly publishedAt: Date;
  readonly payload: Payload;
}

export function define<
  Module extends AnyContract,
  const Uses extends readonly AnyContract[] = [],
  const Views extends readonly AnyView[] = [],
  Tables = Record<never, never>,
  Settings extends TObject | undefined = undefined,
  Ports = Record<never, never>,
>(
  contract: Module,
  parts: DefinitionParts<Uses, Views, Tables, Settings, Ports> = {},
): Definition<
  Module,
  Uses[number],
  Tables & ViewTables<Views>,
  Settings extends TObject ? Readonly<Static<Settings>> : undefined,
  Ports
> {
  const module = contract.contractName as Module["contractName"];
  const declaredJobs: AnyJob[] = [];
  return {
    contract,
    uses: parts.uses ?? [],
    reads: parts.reads ?? [],
    settings: parts.settings ?? null,
    ports: parts.ports?.names ?? [],
    queues: parts.queues ?? {},
    declaredJobs,
    handle: (operation, run) => ({ operation: operation as unknown as AnyOperation, run }),
    route: (operation, route) =>
      ({ kind: "operation", operation: operation as unknown as AnyOperation, ...route }) as unknown as Route,
    streamRoute: (route) => ({ kind: "stream", ...route }) as unknown as StreamRoute,
    job: (name, { payload, ...policy }) => {
      const declaration = jobDeclaration(module, name, payload, policy);
      declaredJobs.push(declaration as unknown as AnyJob);
      return declaration;
    },
    perform: (job, run) => ({ job: job as unknown as AnyJob, run }),
    on: (event, policy, run) => ({ event, policy, run, module }) as SubscriberHandler,
    schedule: (name, { job, payload, ...timing }) => ({
      name,
      module,
      job: job as unknown as AnyJob,
      payload,
      timing,
    }),
  };
}

/** A complete module, ready to be composed into an app. */
export interface Module {
  readonly name: string;
  readonly contract: AnyContract;
  readonly uses: readonly AnyContract[];
  readonly reads: readonly AnyView[];
  readonly settings: TObject | null;
  readonly handlers: readonly Handler[];
  readonly routes: readonly AnyRoute[];
  /** Names of what the host must give the module. */
  readonly ports: readonly string[];
  readonly queues: Readonly<Record<string, QueuePolicy>>;
  readonly jobs: readonly JobHandler[];
  readonly declaredJobs: readonly AnyJob[];
  readonly schedules: readonly ScheduleDeclaration[];
  readonly subscribers: readonly SubscriberHandler[];
  /** Directory of the module's numbered SQL files. */
  readonly migrations: URL | null;
}

export interface ModuleParts {
  readonly handlers: readonly Handler[];
  readonly routes?: readonly AnyRoute[];
  readonly jobs?: readonly JobHandler[];
  readonly schedules?: readonly ScheduleDeclaration[];
  /** What the module does when something happens elsewhere. */
  readonly on?: readonly SubscriberHandler[];
  /** Usually `new URL("../migrations/", import.meta.url)`. */
  readonly migrations?: URL;
}

// biome-ignore lint/suspicious/noExplicitAny: a module forgets what its use cases were typed with
export function defineModule(definition: Definition<any, any, any, any, any>, parts: ModuleParts): Module {
  const { contract, uses, reads, settings, ports, queues, declaredJobs } = definition;
  return {
    name: contract.contractName,
    contract,
    uses,
    reads,
    settings,
    handlers: parts.handlers,
    routes: parts.routes ?? [],
    ports,
    queues,
    jobs: parts.jobs ?? [],
    declaredJobs,
    schedules: parts.schedules ?? [],
    subscribers: parts.on ?? [],
    migrations: parts.migrations ?? null,
  };
}
