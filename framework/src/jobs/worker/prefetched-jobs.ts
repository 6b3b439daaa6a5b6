import type { ClaimedJob } from "../attempt.ts";

/** Jobs that were claimed and not started, in their order. */
export class PrefetchedJobs {
  #jobs: ClaimedJob[] = [];
  #head = 0;
  #addedAt = 0;

  get size(): number {
    return this.#jobs.length - this.#head;
  }

  /** Since jobs were added last. */
  get ageMs(): number {
    return performance.now() - this.#addedAt;
  }

  *ids(): Iterable<number> {
    for (let index = this.#head; index < this.#jobs.length; index++) yield this.#jobs[index]!.id;
  }

  add(jobs: readonly ClaimedJob[]): void {
    this.#jobs = this.size === 0 ? [...jobs] : [...this.#jobs.slice(this.#head), ...jobs];
    this.#head = 0;
    this.#addedAt = performance.now();
  }

  /** The first one; there must be one. */
  take(): ClaimedJob {
    // Taken from the array all at once in the end: to shift each would move all the others.
    const job = this.#jobs[this.#head++]!;
    if (this.#head === this.#jobs.length) this.#clear();
    return job;
  }

  takeById(id: number): ClaimedJob | undefined {
    const index = this.#jobs.findIndex((job, at) => at >= this.#head && job.id === id);
    return index < 0 ? undefined : this.#jobs.splice(index, 1)[0];
  }

  takeAll(): ClaimedJob[] {
    const jobs = this.#jobs.slice(this.#head);
    this.#clear();
    return jobs;
  }

  #clear(): void {
    this.#jobs = [];
    this.#head = 0;
  }
}
