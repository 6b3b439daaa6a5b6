import type { Logger } from "pino";
// Not by the index: an app that starts needs none of the checks that stand there.
import { DatabaseCostSampler } from "../health/database-cost-sampler.ts";
import type { Pool } from "../postgres/index.ts";
import type { LogLevels, SpanRing, TraceKeeper } from "../telemetry/index.ts";
import { ActivityCounter } from "./activity-counter.ts";
import { ActivityTable } from "./activity-table.ts";
import { InstanceTable } from "./instance-table.ts";
import { LogLevelTable } from "./log-level-table.ts";
import type { ObservedEdges } from "./observed-edges.ts";
import { ObservedTable } from "./observed-table.ts";
import { type TraceOptions, TraceTable } from "./trace-table.ts";

export interface AppRecordsParts {
  readonly app: string;
  readonly pool: () => Pool;
  readonly log: Logger;
  readonly release: string | null;
  readonly spans: SpanRing;
  readonly edges: ObservedEdges;
  readonly keeper: TraceKeeper;
  readonly levels: LogLevels;
  readonly traces: TraceOptions | undefined;
}

/**
 * What a running app notes of itself in the database: that it runs, what it does, traces, and their cost. What it is
 * to log it finds there.
 */
export class AppRecords {
  readonly #observedTable: ObservedTable;
  readonly #traceTable: TraceTable;
  readonly #databaseCost: DatabaseCostSampler;
  readonly #activityTable: ActivityTable;
  readonly #instanceTable: InstanceTable;
  readonly #logLevelTable: LogLevelTable;

  constructor({ release, spans, edges, keeper, levels, traces, ...shared }: AppRecordsParts) {
    const counter = new ActivityCounter(spans);
    spans.onEnded(counter.ended);
    this.#activityTable = new ActivityTable({ ...shared, counter });
    this.#instanceTable = new InstanceTable({ ...shared, release });
    this.#observedTable = new ObservedTable({ ...shared, edges });
    this.#traceTable = new TraceTable({ ...shared, keeper, options: traces });
    this.#databaseCost = new DatabaseCostSampler(shared);
    this.#logLevelTable = new LogLevelTable({ ...shared, levels });
  }

  start(): void {
    this.#observedTable.start();
    this.#traceTable.start();
    this.#databaseCost.start();
    this.#activityTable.start();
    this.#instanceTable.start();
    this.#logLevelTable.start();
  }

  /** Writes what is left, if the database takes it at once. */
  async stop(): Promise<void> {
    this.#databaseCost.stop();
    await Promise.all([
      this.#observedTable.stop(),
      this.#traceTable.stop(),
      this.#activityTable.stop(),
      this.#instanceTable.stop(),
      this.#logLevelTable.stop(),
    ]);
  }
}
