import { hostname } from "node:os";
import { type Pool, type Statement, statement } from "../../postgres/index.ts";

/** With the worker's id, the advisory lock that says that its process lives. "ASHL" in ASCII. */
export const WORKER_LOCK = 0x41_53_48_4c;

/** One worker's row in ashlar.workers. */
export class WorkerRow {
  readonly id: number;
  readonly #pool: Pool;
  readonly #role: string;
  readonly #busy = new Set<string>();
  #writing: Promise<void> = Promise.resolve();

  private constructor(pool: Pool, role: string, id: number) {
    this.#pool = pool;
    this.#role = role;
    this.id = id;
  }

  /** `isSleeping`: whether it hears notifications. */
  static async register(pool: Pool, role: string, isSleeping: boolean): Promise<WorkerRow> {
    const { rows } = await pool.execute<{ id: number }>(
      role,
      statement`insert into ashlar.workers (host, pid, is_sleeping)
        values (${hostname()}, ${process.pid}, ${isSleeping}) returning id`,
    );
    return new WorkerRow(pool, role, rows[0]!.id);
  }

  /**
   * Says whether the worker can do without notifications of the topic. Resolves when that is written; whoever is
   * about to sleep must look once more after it, for what came before was notified to nobody.
   */
  setBusy(topic: string, isBusy: boolean): Promise<void> {
    if (isBusy) this.#busy.add(topic);
    else this.#busy.delete(topic);
    // One after the other, each with what is true by then.
    this.#writing = this.#writing.catch(() => {}).then(() => this.#writeBusy());
    return this.#writing;
  }

  async remove(): Promise<void> {
    await this.#execute(statement`delete from ashlar.workers where id = ${this.id}`);
  }

  async #writeBusy(): Promise<void> {
    await this.#execute(statement`update ashlar.workers set busy = ${[...this.#busy]} where id = ${this.id}`);
  }

  async #execute(text: Statement): Promise<void> {
    await this.#pool.execute(this.#role, text);
  }
}
