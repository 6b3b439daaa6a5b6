import type {
  AnyContract,
  AnyOperation,
  AnyView,
  InputOf,
  OutputOf,
  RowOf,
  Static,
  TObject,
  TSchema,
} from "../contract/index.ts";
import type { NotOwn } from "./compile-errors.ts";
import type { Context } from "./context.ts";
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

export interface DefinitionParts<Uses, Views, Tables, Settings> {
  /** Contracts this module may call. The declared graph: acyclic, and no call outside it compiles. */
  readonly uses?: Uses;
  /** Views of other modules this one may select from; Postgres is told to allow just these. */
  readonly reads?: Views;
  readonly tables?: { readonly types?: Tables };
  /** Schema of what the host must configure; values are checked at boot. */
  readonly settings?: Settings;
}

/**
 * What a module is, before its use cases exist: contract, `uses`, tables, settings. Use cases import the typed
 * `handle` and `route` from it, and `module.ts` imports the use cases, so no import goes round in a circle.
 */
export interface Definition<Module extends AnyContract, Uses extends AnyContract, Tables, Settings> {
  readonly contract: Module;
  readonly uses: readonly AnyContract[];
  readonly reads: readonly AnyView[];
  readonly settings: TObject | null;
  /** Carries out one operation of the contract. */
  handle<Op extends AnyOperation>(
    operation: Op["contract"] extends Module["contractName"] ? Op : NotOwn<Module, Op["contract"]>,
    // NoInfer: the operation alone says what the types are. Inferring it back through the schemas of `run` cost the
    // compiler 1.2 million instantiations a use case; this costs 10 thousand.
    run: NoInfer<
      (input: InputOf<Op>, context: Context<Module, Uses, Tables, Settings, Op>) => Promise<OutputOf<Op>>
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
}

export function define<
  Module extends AnyContract,
  const Uses extends readonly AnyContract[] = [],
  const Views extends readonly AnyView[] = [],
  Tables = Record<never, never>,
  Settings extends TObject | undefined = undefined,
>(
  contract: Module,
  parts: DefinitionParts<Uses, Views, Tables, Settings> = {},
): Definition<
  Module,
  Uses[number],
  Tables & ViewTables<Views>,
  Settings extends TObject ? Readonly<Static<Settings>> : undefined
> {
  return {
    contract,
    uses: parts.uses ?? [],
    reads: parts.reads ?? [],
    settings: parts.settings ?? null,
    handle: (operation, run) => ({ operation: operation as unknown as AnyOperation, run }),
    route: (operation, route) =>
      ({ kind: "operation", operation: operation as unknown as AnyOperation, ...route }) as unknown as Route,
    streamRoute: (route) => ({ kind: "stream", ...route }) as unknown as StreamRoute,
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
  /** Directory of the module's numbered SQL files. */
  readonly migrations: URL | null;
}

export interface ModuleParts {
  readonly handlers: readonly Handler[];
  readonly routes?: readonly AnyRoute[];
  /** Usually `new URL("../migrations/", import.meta.url)`. */
  readonly migrations?: URL;
}

// biome-ignore lint/suspicious/noExplicitAny: a module forgets what its use cases were typed with
export function defineModule(definition: Definition<any, any, any, any>, parts: ModuleParts): Module {
  const { contract, uses, reads, settings } = definition;
  return {
    name: contract.contractName,
    contract,
    uses,
    reads,
    settings,
    handlers: parts.handlers,
    routes: parts.routes ?? [],
    migrations: parts.migrations ?? null,
  };
}
