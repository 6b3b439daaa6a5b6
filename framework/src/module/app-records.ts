import type { Logger } from "pino";
// Not by the index: an app that starts needs none of the checks that stand there.
import { DatabaseCostSampler } from "../health/database-cost-sampler.ts";
import type { Pool } from "../postgres/index.ts";
import type { TraceKeeper } from "../telemetry/index.ts";
import type { ObservedEdges } from "./observed-edges.ts";
import { ObservedTable } from "./observed-table.ts";
import { type TraceOptions, TraceTable } from "./trace-table.ts";

export interface AppRecordsParts {
  readonly app: string;
  readonly pool: () => Pool;
  readonly log: Logger;
  readonly edges: ObservedEdges;
  readonly keeper: TraceKeeper;
  readonly traces: TraceOptions | undefined;
}

/** What a running app notes of itself in the database: what its modules do with each other, traces, and their cost. */
export class AppRecords {
  readonly #observedTable: ObservedTable;
  readonly #traceTable: TraceTable;
  readonly #databaseCost: DatabaseCostSampler;

  constructor({ edges, keeper, traces, ...shared }: AppRecordsParts) {
    this.#observedTable = new ObservedTable({ ...shared, edges });
    this.#traceTable = new TraceTable({ ...shared, keeper, options: traces });
    this.#databaseCost = new DatabaseCostSampler(shared);
  }

  start(): void {
    this.#observedTable.start();
    this.#traceTable.start();
    this.#databaseCost.start();
  }

  /** Writes what is left, if the database takes it at once. */
  async stop(): Promise<void> {
    this.#databaseCost.stop();
    await Promise.all([this.#observedTable.stop(), this.#traceTable.stop()]);
  }
}
