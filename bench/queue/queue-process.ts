// A process that uses one of the systems: `queue-process.ts SYSTEM ADDRESS`.
import { openSync, writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { serveTasks } from "../child.ts";
import { closedLoop, type LoopResult } from "../closed-loop.ts";
import { ownCpu } from "../cpu.ts";
import { encodeRun } from "./runs.ts";
import { type JobQueue, type Perform, sharedNow } from "./system.ts";
import { systemNamed } from "./systems.ts";

export interface Fill {
  readonly jobs: number;
  readonly perCall: number;
}

export interface Filled {
  readonly elapsedMs: number;
  readonly cpuMicros: number;
}

export interface Drained {
  /** By `sharedNow`, when the first job ran. */
  readonly firstAt: number;
  /** When the last of those that were asked for began. */
  readonly doneAt: number;
  readonly cpuMicros: number;
  readonly runTwice: number;
}

/** `[i, when]` by `sharedNow`. */
export type Moment = readonly [i: number, at: number];

const DRAIN_LIMIT_MS = 60_000;

const open = () => systemNamed(process.argv[2]!).open(process.argv[3]!);
let opened: Promise<JobQueue> | undefined;
let worker: { stop(): Promise<unknown> } | undefined;
let moments: Moment[] = [];
let cpuBefore = 0;

/** Opens the queue with the first task that needs it. */
function queue(): Promise<JobQueue> {
  opened ??= open();
  return opened;
}

async function startWorker(perform: Perform): Promise<void> {
  const { work } = await queue();
  cpuBefore = ownCpu();
  worker = await work(perform);
}

/** Ends the worker and all connections. */
async function rest(): Promise<void> {
  await worker?.stop();
  worker = undefined;
  await (await opened)?.stop();
  opened = undefined;
}

const tasks = {
  enqueueFor: async ({ clients, ms }: { clients: number; ms: number }): Promise<LoopResult> => {
    const { enqueue } = await queue();
    let i = 0;
    return await closedLoop(() => enqueue(i++), { clients, ms });
  },

  fill: async ({ jobs, perCall }: Fill): Promise<Filled> => {
    const { enqueueMany } = await queue();
    const cpu = ownCpu();
    const start = performance.now();
    for (let from = 0; from < jobs; from += perCall) {
      const size = Math.min(perCall, jobs - from);
      await enqueueMany(Array.from({ length: size }, (_, index) => from + index));
    }
    return { elapsedMs: performance.now() - start, cpuMicros: ownCpu() - cpu };
  },

  /** Answers when so many different jobs have run; the worker goes on until `stopWorker`. */
  drain: async ({ jobs }: { jobs: number }): Promise<Drained> => {
    const runs = new Map<number, number>();
    let firstAt = Number.NaN;
    let doneAt = Number.NaN;
    const done = new Promise<void>((resolve, reject) => {
      const limit = setTimeout(
        () => reject(new Error(`Only ${runs.size} of ${jobs} jobs ran within ${DRAIN_LIMIT_MS / 1000} s.`)),
        DRAIN_LIMIT_MS,
      );
      startWorker(async (i) => {
        if (runs.size === 0) firstAt = sharedNow();
        runs.set(i, (runs.get(i) ?? 0) + 1);
        if (runs.size < jobs || !Number.isNaN(doneAt)) return;
        doneAt = sharedNow();
        clearTimeout(limit);
        resolve();
      }).catch(reject);
    });
    await done;
    const runTwice = [...runs.values()].filter((count) => count > 1).length;
    return { firstAt, doneAt, cpuMicros: ownCpu() - cpuBefore, runTwice };
  },

  stopWorker: async () => {
    await worker?.stop();
    worker = undefined;
  },

  /** Starts a worker that notes when it began each job; `moments` gives them. */
  note: () => {
    moments = [];
    return startWorker(async (i) => {
      moments.push([i, sharedNow()]);
    });
  },

  moments: () => moments,

  /** Enqueues one by one at an even rate, and says when each call was made. */
  pace: async ({ rate, ms }: { rate: number; ms: number }): Promise<Moment[]> => {
    const { enqueue } = await queue();
    const sent: Moment[] = [];
    const calls: Promise<unknown>[] = [];
    const start = sharedNow();
    for (let i = 0; i < (rate * ms) / 1000; i++) {
      const wait = start + (i * 1000) / rate - sharedNow();
      if (wait > 0) await delay(wait);
      sent.push([i, sharedNow()]);
      calls.push(enqueue(i));
    }
    await Promise.all(calls);
    return sent;
  },

  /** Starts a worker whose jobs take `jobMs` and are written down in `file` as they end, for whoever outlives it. */
  workOn: ({ file, jobMs }: { file: string; jobMs: number }) => {
    const log = openSync(file, "a");
    return startWorker(async (i) => {
      await delay(jobMs);
      writeSync(log, encodeRun({ i, at: sharedNow() }));
    });
  },

  rest,
};

serveTasks(tasks, rest);
