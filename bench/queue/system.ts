import type { Cluster } from "../cluster.ts";
import type { Session } from "../table.ts";

/** A queue in a process that uses it: the producer's, or the worker's. Every payload is `{"i": n}`. */
export interface JobQueue {
  enqueue(i: number): Promise<unknown>;
  /** With one call of the library. */
  enqueueMany(numbers: readonly number[]): Promise<unknown>;
  /** Starts a worker that calls `perform` for each job. */
  work(perform: Perform): Promise<{ stop(): Promise<unknown> }>;
  stop(): Promise<unknown>;
}

export type Perform = (i: number) => Promise<void>;

/** Where a queue keeps its jobs, as the bench's main process looks at it from outside. */
export interface JobStorage {
  /** For the processes that use the queue. */
  readonly address: string;
  /** Jobs that are not done. */
  unfinished(): Promise<number>;
  /** Removes all jobs, also those that are done. */
  clear(): Promise<void>;
  /** What a server does by itself after many changes: statistics, and room for new rows. */
  tidy(): Promise<void>;
  /** Keeps a transaction open that may still want to see all rows there are now; null where there is no such thing. */
  holdSnapshot: (() => Promise<() => Promise<void>>) | null;
  /** Statements or commands that clients have sent so far. */
  statements(): Promise<number>;
  /** Clients connected now, by the name they gave. */
  connections(): Promise<Readonly<Record<string, number>>>;
  /** Starts to measure the CPU of the server; see measureFamilyCpu. */
  measureCpu(): () => number;
}

export interface QueueSystem {
  readonly name: string;
  /** Why it cannot be measured on this machine; null when it can. */
  missing(): Promise<string | null>;
  /** Makes its database, in the main process. */
  prepare(session: Session, cluster: Cluster): Promise<JobStorage>;
  /** Opens it in a process of its own. */
  open(address: string): Promise<JobQueue>;
}

/** Milliseconds of a clock that all processes of a machine share, and nobody sets. */
export function sharedNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
