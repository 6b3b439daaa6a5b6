import type { Logger } from "pino";
import { type Pool, type Statement, workerRole } from "../postgres/index.ts";
import type { EdgeCount, ObservedEdges } from "./observed-edges.ts";
import { PeriodicWrite, WRITE_LIMIT_MS } from "./periodic-write.ts";

export interface ObservedTableParts {
  readonly app: string;
  readonly edges: ObservedEdges;
  readonly pool: () => Pool;
  readonly log: Logger;
}

const EVERY_MS = 60_000;

/**
 * Adds what an instance has counted to `ashlar.observed_edges`, once a minute and when it stops, in one statement and
 * only if there is something. Never fails the app: what cannot be written is kept for the next time.
 */
export class ObservedTable {
  readonly #parts: ObservedTableParts;
  readonly #periodic = new PeriodicWrite(EVERY_MS, () => this.#write());
  #hasWarned = false;

  constructor(parts: ObservedTableParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#periodic.start();
  }

  /** Writes what is left, if the database takes it at once. Without a `start` there is nothing to do. */
  stop(): Promise<void> {
    return this.#periodic.stop();
  }

  async #write(): Promise<void> {
    const { app, edges, pool, log } = this.#parts;
    const counts = edges.take();
    if (counts.length === 0) return;
    try {
      await pool().execute(workerRole(app), additionOf(counts), Date.now() + WRITE_LIMIT_MS);
    } catch (error) {
      edges.putBack(counts);
      if (!this.#hasWarned) {
        log.warn(
          { err: error },
          "What was observed between the modules cannot be noted; it is kept and tried again",
        );
      }
      this.#hasWarned = true;
    }
  }
}

/**
 * In the order of the key: two instances that add the same edges would otherwise wait for each other. What is added to
 * is not forgotten: a statement must not touch a row twice.
 */
function additionOf(counts: readonly EdgeCount[]): Statement {
  return {
    text: `with counted as (
        select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as c (kind, from_id, to_id, calls)
      ), forgotten as (
        delete from ashlar.observed_edges o where o.last_at < now() - interval '30 days'
          and not exists (select from counted c where (c.kind, c.from_id, c.to_id) = (o.kind, o.from_id, o.to_id))
      )
      insert into ashlar.observed_edges as o (kind, from_id, to_id, calls)
      select kind, from_id, to_id, calls from counted order by kind, from_id, to_id
      on conflict (kind, from_id, to_id) do update set calls = o.calls + excluded.calls, last_at = now()`,
    values: [
      counts.map(({ kind }) => kind),
      counts.map(({ from }) => from),
      counts.map(({ to }) => to),
      counts.map(({ count }) => count),
    ],
  };
}
