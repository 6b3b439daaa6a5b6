import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Logger } from "pino";
import { type Pool, statement, workerRole } from "../postgres/index.ts";
import { PeriodicWrite, WRITE_LIMIT_MS } from "./periodic-write.ts";

export interface InstanceTableParts {
  readonly app: string;
  readonly release: string | null;
  readonly pool: () => Pool;
  readonly log: Logger;
}

/** Also what readers of the table go by: an instance that was not seen for three of them is gone. */
export const HEARTBEAT_MS = 30_000;

/**
 * Notes in `ashlar.instances` that this process runs the app: as it starts, every half minute, and as it stops. Never
 * fails the app: each time says all there is to say.
 */
export class InstanceTable {
  readonly #parts: InstanceTableParts;
  readonly #id = randomUUID();
  readonly #periodic = new PeriodicWrite(HEARTBEAT_MS, (isLast) => this.#write(isLast));
  #hasWarned = false;

  constructor(parts: InstanceTableParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#periodic.start();
    void this.beat();
  }

  /** Never rejects. One after the other. */
  beat(): Promise<void> {
    return this.#periodic.write();
  }

  /** Without a `start` there is nothing to do. */
  stop(): Promise<void> {
    return this.#periodic.stop();
  }

  async #write(isLast: boolean): Promise<void> {
    const { app, release, pool, log } = this.#parts;
    try {
      await pool().execute(
        workerRole(app),
        statement`
          with forgotten as (
            delete from ashlar.instances where started_at < now() - interval '90 days'
              and seen_at < now() - interval '90 days'
          )
          insert into ashlar.instances (id, release, host, pid, stopped_at)
          values (${this.#id}::uuid, ${release}::text, ${hostname()}, ${process.pid}::integer,
            case when ${isLast}::boolean then now() end)
          on conflict (id) do update set seen_at = now(), stopped_at = excluded.stopped_at`,
        Date.now() + WRITE_LIMIT_MS,
      );
      this.#hasWarned = false;
    } catch (error) {
      if (!this.#hasWarned) {
        log.warn({ err: error }, "That this instance runs cannot be noted; it is tried again");
      }
      this.#hasWarned = true;
    }
  }
}
