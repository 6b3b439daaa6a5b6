import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { parserOf } from "../../src/postgres/value-types.ts";

const PATIENCE_MS = 30_000;

/** Looks at a database as superuser, and waits for one that is just being restarted. */
export class AdminPool {
  readonly #pool: pg.Pool;

  constructor(url: string) {
    this.#pool = new pg.Pool({
      connectionString: url,
      application_name: "ashlar faults",
      max: 2,
      types: { getTypeParser: (oid: number) => parserOf(oid) },
    });
    // A connection that was lost while it was idle: the next query takes another.
    this.#pool.on("error", () => {});
  }

  /** A statement that was under way when the server went is sent again. */
  async rows<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return (await this.#pool.query<Row>(text, [...values])).rows;
      } catch (error) {
        const isOfStatement = error instanceof pg.DatabaseError && !/^(57P|08)/.test(error.code ?? "");
        if (isOfStatement || performance.now() > deadline) throw error;
        await delay(20);
      }
    }
  }

  async stop(): Promise<void> {
    await this.#pool.end();
  }
}
