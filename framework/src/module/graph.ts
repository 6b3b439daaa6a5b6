import { type AnyOperation, type AnyView, isOperation, membersOf, validator } from "../contract/index.ts";
import type { Module } from "./definition.ts";
import type { Fault } from "./errors.ts";
import { adapterFaults, jobFaults } from "./job-faults.ts";
import { routeFaults } from "./route-faults.ts";

/** The modules of an app and what joins them: the one model that checks, grants, docs and console read. */
export interface ModuleGraph {
  readonly modules: readonly Module[];
  /** Calls that the contracts allow. */
  readonly uses: readonly { readonly from: string; readonly to: string }[];
  /** Views of `to` that `from` may select from. */
  readonly reads: readonly { readonly from: string; readonly to: string; readonly view: string }[];
  /**
   * Operations that run in their caller's transaction when they are called. Each ties its callers to its
   * module's database, so these are what stands in the way of carving the module out.
   */
  readonly atomicEdges: readonly { readonly from: string; readonly operation: string }[];
  /** Who takes in what: events of `from` go to a subscriber of `to`. These edges may point back against calls. */
  readonly events: readonly {
    readonly from: string;
    readonly to: string;
    readonly event: string;
    readonly subscriber: string;
  }[];
}

export interface GraphParts {
  readonly modules: readonly Module[];
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whether requests can be told apart by who sends them; without it only routes for anyone can be served. */
  readonly authenticates: boolean;
  /** What the host gives the modules for their ports. */
  readonly adapters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Builds the graph and finds all that is wrong with it, so that it can be reported at once. */
export function buildGraph(parts: GraphParts): { graph: ModuleGraph; faults: Fault[] } {
  const { modules } = parts;
  const faults: Fault[] = [
    ...duplicateNames(modules),
    ...modules.flatMap((module) => [
      ...unknownModules(module, modules),
      ...handlerFaults(module),
      ...viewFaults(module, modules),
      ...settingFaults(module, parts.settings[module.name]),
      ...jobFaults(module, modules),
    ]),
    ...adapterFaults(modules, parts.adapters),
    ...cycles(modules),
    ...strangerSettings(modules, parts.settings),
    ...routeFaults(modules, parts.authenticates),
  ];
  const uses = modules.flatMap((module) =>
    module.uses.map((used) => ({ from: module.name, to: used.contractName })),
  );
  return {
    graph: {
      modules,
      uses,
      reads: modules.flatMap((module) =>
        module.reads.map((view) => ({ from: module.name, to: view.contract, view: view.view })),
      ),
      atomicEdges: uses.flatMap(({ from, to }) =>
        operationsOf(modules.find(({ name }) => name === to))
          .filter((operation) => operation.kind === "command" && operation.transaction === "joins")
          .map((operation) => ({ from, operation: operation.id })),
      ),
      events: modules.flatMap((module) =>
        module.subscribers.map(({ event, policy }) => ({
          from: event.contract,
          to: module.name,
          event: event.id,
          subscriber: policy.name,
        })),
      ),
    },
    faults,
  };
}

export function operationsOf(module: Module | undefined): AnyOperation[] {
  return module === undefined ? [] : membersOf(module.contract).filter(isOperation);
}

export function viewsOf(module: Module): AnyView[] {
  return membersOf(module.contract).filter((member) => member.kind === "view");
}

function duplicateNames(modules: readonly Module[]): Fault[] {
  return duplicates(modules.map(({ name }) => name)).map((name) => ({
    code: "ASHLAR_MODULE_DUPLICATE",
    module: name,
    key: "name",
    message: "two modules have this name; a name is also a schema, so rename one contract",
  }));
}

function unknownModules(module: Module, modules: readonly Module[]): Fault[] {
  return module.uses
    .filter((used) => !modules.some(({ contract }) => contract === used))
    .map((used) => ({
      code: "ASHLAR_USES_UNKNOWN_MODULE",
      module: module.name,
      key: `uses ${used.contractName}`,
      message: modules.some(({ name }) => name === used.contractName)
        ? "the app has another contract of that name; import the contract that its module defines"
        : "the app has no such module; add it to the host's `modules` or remove it from `uses`",
    }));
}

function handlerFaults(module: Module): Fault[] {
  const handled = module.handlers.map(({ operation }) => operation.id);
  const missing = operationsOf(module)
    .filter(({ id }) => !handled.includes(id))
    .map(({ id }) => ({
      code: "ASHLAR_HANDLER_MISSING",
      module: module.name,
      key: id,
      message:
        "nothing carries this operation out; write its use case and list it in `handlers` of src/module.ts",
    }));
  const doubled = duplicates(handled).map((id) => ({
    code: "ASHLAR_HANDLER_DUPLICATE",
    module: module.name,
    key: id,
    message: "two use cases carry this operation out; keep one in `handlers`",
  }));
  const foreign = module.handlers
    .filter(({ operation }) => operation.contract !== module.name)
    .map(({ operation }) => ({
      code: "ASHLAR_HANDLER_FOREIGN",
      module: module.name,
      key: operation.id,
      message: `this operation belongs to ${operation.contract}; a module handles its own contract only`,
    }));
  return [...missing, ...doubled, ...foreign];
}

function viewFaults(module: Module, modules: readonly Module[]): Fault[] {
  return module.reads.flatMap((view) => {
    const owner = modules.find(({ name }) => name === view.contract);
    const fault = (code: string, message: string): Fault[] => [
      { code, module: module.name, key: `reads ${view.id}`, message },
    ];
    if (owner === undefined) {
      return fault("ASHLAR_READS_UNKNOWN_VIEW", "the app has no such module; add it to the host's `modules`");
    }
    if (owner === module) {
      return fault("ASHLAR_READS_OWN_VIEW", "a module's own views belong to its `tables`, not to `reads`");
    }
    if (!viewsOf(owner).includes(view)) {
      return fault(
        "ASHLAR_READS_UNKNOWN_VIEW",
        `the contract of ${owner.name} does not declare it; import the contract that its module defines`,
      );
    }
    return [];
  });
}

/** What is wrong with the values that the host gave a module. */
function settingFaults(module: Module, value: unknown): Fault[] {
  if (module.settings === null) return [];
  const check = validator(module.settings);
  const given = value ?? {};
  if (check.accepts(given)) return [];
  return check.violations(given).map(({ path, message }) => ({
    code: "ASHLAR_SETTING_INVALID",
    module: module.name,
    key: `settings${path.replaceAll("/", ".")}`,
    message: `${message}; set it where the host composes the app`,
  }));
}

function strangerSettings(modules: readonly Module[], settings: Readonly<Record<string, unknown>>): Fault[] {
  return Object.keys(settings)
    .filter((name) => !modules.some((module) => module.name === name && module.settings !== null))
    .map((name) => ({
      code: "ASHLAR_SETTING_UNKNOWN",
      module: name,
      key: "settings",
      message: modules.some((module) => module.name === name)
        ? "the module declares no settings; remove them from the host"
        : "the app has no such module; remove the settings or correct the name",
    }));
}

/** Each cycle of `uses` once, found by depth-first search. Calls must point one way, or no module can leave. */
function cycles(modules: readonly Module[]): Fault[] {
  const usedBy = new Map(
    modules.map(({ name, uses }) => [name, uses.map(({ contractName }) => contractName)]),
  );
  const done = new Set<string>();
  const faults: Fault[] = [];
  const visit = (name: string, path: string[]): void => {
    const start = path.indexOf(name);
    if (start >= 0) {
      faults.push({
        code: "ASHLAR_CALL_CYCLE",
        module: name,
        key: "uses",
        message: `calls go round in a circle: ${[...path.slice(start), name].join(" -> ")}; turn one of them into an event`,
      });
      return;
    }
    if (done.has(name)) return;
    for (const used of usedBy.get(name) ?? []) visit(used, [...path, name]);
    done.add(name);
  };
  for (const { name } of modules) visit(name, []);
  return faults;
}

export function duplicates(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
