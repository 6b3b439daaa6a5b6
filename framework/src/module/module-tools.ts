import type { Logger } from "pino";
import type { AnyContract } from "../contract/index.ts";
import type { SpanRing } from "../telemetry/index.ts";
import { type Calls, inSavepoint } from "./calls.ts";
import { type Clock, type Randomness, uuidV7 } from "./clock.ts";
import type { Module } from "./definition.ts";
import type { ModuleQueue } from "./module-queue.ts";
import type { ObservedEdges } from "./observed-edges.ts";
import type { BoundOperation, ModuleTools } from "./run.ts";
import { moduleStatements } from "./statements.ts";
import { ViewReads } from "./view-reads.ts";

export interface ModuleToolsParts {
  readonly module: Module;
  readonly settings: unknown;
  readonly adapters: Readonly<Record<string, unknown>>;
  readonly queue: ModuleQueue;
  readonly spans: SpanRing;
  readonly calls: Calls;
  /** Those of all modules; filled while the modules are bound. */
  readonly operations: ReadonlyMap<string, BoundOperation>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** The module's own; its level may change at any time. */
  readonly log: Logger;
  readonly edges: ObservedEdges;
}

/** What all runs of one module share. */
export function moduleTools(parts: ModuleToolsParts): ModuleTools {
  const { module, settings, adapters, queue, spans, calls, operations, clock, randomness, log } = parts;
  const { db, sql } = moduleStatements(
    module.name,
    spans,
    module.reads.length === 0 ? null : new ViewReads(module.reads, parts.edges),
  );
  const { enqueue, enqueueAll, enqueueBatch, cancelJob, findJob, publish } = queue;
  const callees = new Map<string, object>();
  return {
    name: module.name,
    db,
    sql,
    // Made at the first call: modules are bound one after the other, and may use later ones.
    call: (contract: AnyContract) => {
      let callee = callees.get(contract.contractName);
      if (callee === undefined) {
        if (!module.uses.includes(contract)) {
          throw new TypeError(
            `${module.name} does not use ${contract.contractName}: add it to \`uses\` in src/definition.ts.`,
          );
        }
        callee = calls.port(module.name, contract, operations);
        callees.set(contract.contractName, callee);
      }
      return callee;
    },
    savepoint: (work) => inSavepoint(module.name, work),
    transaction: (work) => calls.inTransaction(module.name, work),
    enqueue,
    enqueueAll,
    enqueueBatch,
    cancelJob,
    findJob,
    publish,
    ports: adapters,
    spans,
    settings: Object.freeze(structuredClone(settings)),
    now: () => clock.now(),
    newId: () => uuidV7(clock, randomness),
    randomBytes: (size) => randomness.bytes(size),
    log,
  };
}
