import assert from "node:assert/strict";
import type { ClaimedJob, JobStore, NewJob } from "ashlar/jobs";
import { aJob, numberOf, type QueueLab } from "./queue-lab.ts";

/** Most jobs at once under one limit key of the walk. */
export const WALK_LIMIT = 2;

/** Does a random sequence of things to a queue, checking after each that all is as it must be. Repeatable by its seed. */
export class RandomWalk {
  readonly #lab: QueueLab;
  readonly #store: JobStore;
  #random: number;
  #nowMs = Date.parse("2030-01-01T00:00:00Z");
  #nextWorker = 4;
  readonly #jobs = new Map<number, NewJob>();
  /** What the workers hold and may finish. */
  readonly #held = new Map<number, ClaimedJob[]>([1, 2, 3].map((worker) => [worker, []]));
  /** What expelled workers still believe to hold. */
  #zombies: ClaimedJob[] = [];

  constructor(lab: QueueLab, store: JobStore, seed: number) {
    this.#lab = lab;
    this.#store = store;
    this.#random = seed;
  }

  async run(steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) {
      this.#nowMs += this.#below(400);
      this.#lab.clock.now = new Date(this.#nowMs);
      await this.#step();
      await this.#check();
    }
    await this.#drain();
  }

  async #step(): Promise<void> {
    const workers = [...this.#held.keys()];
    const worker = workers[this.#below(workers.length)]!;
    const roll = this.#below(100);
    if (roll < 30) await this.#enqueue();
    else if (roll < 55) {
      // Two workers at once, so that their transactions meet.
      const other = workers[(workers.indexOf(worker) + 1) % workers.length]!;
      await Promise.all([this.#start(worker, 1 + this.#below(4)), this.#start(other, 1 + this.#below(4))]);
    } else if (roll < 85) await Promise.all(workers.map((each) => this.#settle(each)));
    else if (roll < 90) await this.#expel(worker);
    else if (roll < 94) await this.#store.promote(100);
    else if (roll < 98) await this.#cancel();
    else await this.#wake();
  }

  async #enqueue(): Promise<void> {
    const known = [...this.#jobs.keys()];
    const pick = (keys: readonly string[]) => (this.#below(2) === 0 ? null : keys[this.#below(keys.length)]!);
    const jobs = Array.from({ length: 1 + this.#below(3) }, () =>
      aJob({
        priority: this.#below(2),
        maxAttempts: 2,
        limitKey: pick(["limit a", "limit b"]),
        orderKey: pick(["line a", "line b"]),
        delayMs: this.#below(4) === 0 ? this.#below(1_000) : null,
        after:
          known.length > 0 && this.#below(4) === 0
            ? [{ job: known[this.#below(known.length)]!, settles: this.#below(2) === 0 }]
            : null,
      }),
    );
    const enqueued = await this.#store.enqueue(this.#lab.execute, jobs);
    for (const [index, { id }] of enqueued.entries()) this.#jobs.set(numberOf(id), jobs[index]!);
  }

  async #start(worker: number, limit: number): Promise<void> {
    const claimed = await this.#store.claim({ worker, queue: "default", after: null, limit });
    const started = await this.#store.admit(worker, claimed);
    for (const job of started) await this.#checkStart(job);
    this.#held.get(worker)!.push(...started);
  }

  async #settle(worker: number): Promise<void> {
    const held = this.#held.get(worker)!;
    if (held.length === 0) return;
    const jobs = held.splice(0, 1 + this.#below(held.length));
    const roll = this.#below(10);
    const failures = jobs.map((job) => ({ job, code: "X", message: "", retryAfterMs: this.#below(2) * 500 }));
    const { lost } =
      roll < 5
        ? await this.#store.complete(
            worker,
            jobs.map((job) => ({ job, output: undefined })),
          )
        : roll < 7
          ? await this.#store.fail(worker, failures)
          : roll < 8
            ? await this.#store.release(worker, jobs)
            : roll < 9
              ? await this.#store.snooze(
                  worker,
                  jobs.map((job) => ({ job, delayMs: 100 })),
                )
              : await this.#store.cancelRunning(
                  worker,
                  jobs.map((job) => ({ job, reason: "" })),
                );
    assert.deepEqual(lost, [], "a worker that was not expelled has lost a job");
  }

  async #expel(worker: number): Promise<void> {
    this.#zombies.push(...this.#held.get(worker)!);
    this.#held.delete(worker);
    this.#held.set(this.#nextWorker++, []);
    const { transaction, execute } = this.#lab.begin();
    await this.#store.expel(execute, worker);
    await transaction.commit();
  }

  /** Expelled workers wake and try to complete what they had. */
  async #wake(): Promise<void> {
    for (const job of this.#zombies) {
      const { lost } = await this.#store.complete(job.worker, [{ job, output: undefined }]);
      assert.deepEqual(lost, [job.id], "an expelled worker has completed a job");
    }
    this.#zombies = [];
  }

  async #cancel(): Promise<void> {
    const known = [...this.#jobs.keys()];
    if (known.length === 0) return;
    const { transaction, execute } = this.#lab.begin();
    await this.#store.requestCancel(execute, known[this.#below(known.length)]!, null);
    await transaction.commit();
  }

  async #checkStart(job: ClaimedJob): Promise<void> {
    const { admin } = this.#lab;
    if (job.orderKey !== null) {
      const ahead =
        await admin`select id from "user"._jobs where order_key = ${job.orderKey} and id < ${job.id}`;
      assert.deepEqual(ahead, [], `job ${job.id} started before its turn`);
    }
    for (const { job: id, settles } of this.#jobs.get(job.id)?.after ?? []) {
      const state = (await this.#store.find(this.#lab.execute, id))?.state;
      const isOver = state === "completed" || (settles && (state === "cancelled" || state === "dead"));
      // A dead prerequisite may not come back in this walk, so what is over stays over.
      assert.ok(isOver, `job ${job.id} started before ${id} was over: that is ${state}`);
    }
  }

  async #check(): Promise<void> {
    const { admin } = this.#lab;
    const places = await admin<{ id: number; n: number }>`
      select w.id, (select count(*)::int from "user"._jobs j where j.id = w.id)
        + (select count(*)::int from "user"._finished_jobs f where f.id = w.id)
        + (select count(*)::int from "user"._dead_jobs d where d.id = w.id) as n
      from unnest(${[...this.#jobs.keys()]}::bigint[]) as w (id)`;
    assert.deepEqual(
      places.filter(({ n }) => n !== 1),
      [],
      "jobs that are lost, or in two tables",
    );
    const running = await admin<{ id: number; worker: number }>`
      select id, worker from "user"._jobs where worker is not null order by id`;
    const held = [...this.#held.values()].flat().sort((a, b) => a.id - b.id);
    assert.deepEqual(
      running,
      held.map(({ id, worker }) => ({ id, worker })),
      "who holds what",
    );
    const permits = await admin<{ key: string; job: number }>`
      select limit_key as key, job from "user"._job_permits order by job, key`;
    const due = held.flatMap(({ id, limitKey, orderKey }) =>
      [limitKey, orderKey].filter((key) => key !== null).map((key) => ({ key, job: id })),
    );
    const byJob = (a: { job: number; key: string }, b: { job: number; key: string }) =>
      a.job - b.job || (a.key < b.key ? -1 : 1);
    assert.deepEqual(permits.toSorted(byJob), due.toSorted(byJob), "the permits of what runs");
    for (const key of new Set(permits.map((permit) => permit.key))) {
      const inside = permits.filter((permit) => permit.key === key).length;
      assert.ok(inside <= (key.startsWith("line") ? 1 : WALK_LIMIT), `${inside} jobs are inside ${key}`);
    }
    const illegal = await admin`select id from "user"._jobs where (worker is not null and run_at is not null)
      or attempt < 0 or (worker is not null and attempt = 0) or (dependencies_left > 0 and run_at is null)
      or dependencies_left < 0`;
    assert.deepEqual(illegal, [], "jobs in no legal state");
  }

  /** With everything settled and all times past, nothing may be left but what waits for the dead. */
  async #drain(): Promise<void> {
    this.#nowMs += 3_600_000;
    this.#lab.clock.now = new Date(this.#nowMs);
    for (let idle = 0; idle < 2; ) {
      const { count } = await this.#store.promote(1_000);
      const [worker] = this.#held.keys();
      for (const each of this.#held.keys()) await this.#start(each, 50);
      const held = [...this.#held].filter(([, jobs]) => jobs.length > 0);
      for (const [each, jobs] of held) {
        await this.#store.complete(
          each,
          jobs.splice(0).map((job) => ({ job, output: undefined })),
        );
      }
      idle = count === 0 && held.length === 0 && worker !== undefined ? idle + 1 : 0;
      // Jobs whose head was locked just then come back after a moment.
      this.#nowMs += 1_000;
      this.#lab.clock.now = new Date(this.#nowMs);
    }
    const forgotten = await this.#lab.admin`
      with recursive waits as (
        select job, depends_on as on_job from "user"._job_dependencies
        union select j.id, h.id from "user"._jobs j
          join "user"._jobs h on h.order_key = j.order_key and h.id < j.id
      ), stuck as (
        select w.job as id from waits w join "user"._dead_jobs x on x.id = w.on_job
        union select w.job from waits w join stuck s on s.id = w.on_job
      )
      select id, run_at::text, limit_key, order_key from "user"._jobs where id not in (select id from stuck)`;
    assert.deepEqual(forgotten, [], "jobs that nobody will ever start");
  }

  /** Mulberry32. */
  #below(limit: number): number {
    this.#random = (this.#random + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#random ^ (this.#random >>> 15), 1 | this.#random);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }
}
