import { type Child, startChild } from "../child.ts";
import type { Cluster } from "../cluster.ts";
import type { Session } from "../table.ts";
import type { Fill, Filled } from "./queue-process.ts";
import type { JobStorage, QueueSystem } from "./system.ts";

/** A system that is set up: its jobs, and the two processes that use it. */
export interface Benched {
  readonly system: string;
  readonly storage: JobStorage;
  readonly producer: Child;
  readonly worker: Child;
}

const PROCESS = new URL("./queue-process.ts", import.meta.url);
const PER_CALL = 1000;

export async function bench(session: Session, cluster: Cluster, system: QueueSystem): Promise<Benched> {
  const storage = await system.prepare(session, cluster);
  const start = () => {
    const child = startQueueProcess(system.name, storage);
    session.atEnd(child.stop);
    return child;
  };
  return { system: system.name, storage, producer: start(), worker: start() };
}

/** One more process that uses the system; whoever starts it stops it. */
export function startQueueProcess(system: string, { address }: JobStorage): Child {
  return startChild(PROCESS, [system, address]);
}

/** Enqueues the jobs 0 to `jobs` - 1, a thousand a call. */
export function fill({ producer }: Benched, jobs: number): Promise<Filled> {
  const task: Fill = { jobs, perCall: PER_CALL };
  return producer.ask<Filled>("fill", task);
}
