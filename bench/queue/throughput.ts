import { setTimeout as delay } from "node:timers/promises";
import type { LoopResult } from "../closed-loop.ts";
import type { Reading, Row } from "../harness.ts";
import { type Benched, fill } from "./benched.ts";
import type { Drained } from "./queue-process.ts";
import { sharedNow } from "./system.ts";

const CLIENTS = 16;

export const ENQUEUE_ROW = `enqueue one by one, ${CLIENTS} in flight`;
export const ENQUEUE_MANY_ROW = "enqueue 1,000 a call";
export const DRAIN_ROW = "drain, one worker";
/** How much of its rate is left while somebody keeps an old transaction open. */
export const BESIDE_OLD_UNIT = "of the rate without";

export function enqueueRow(all: readonly Benched[], ms: number): Row {
  return {
    row: ENQUEUE_ROW,
    against: "ashlar",
    contenders: all.map(({ system, storage, producer }) => ({
      system,
      measure: async () => {
        const server = storage.measureCpu();
        const result = await producer.ask<LoopResult>("enqueueFor", { clients: CLIENTS, ms });
        const reading = {
          "jobs/s": (result.operations * 1000) / result.elapsedMs,
          ...cpuPerJob(result.cpuMicros, server(), result.operations),
        };
        await expectUnfinished(storage, result.operations);
        await storage.clear();
        return reading;
      },
    })),
  };
}

export function enqueueManyRow(all: readonly Benched[], jobs: number): Row {
  return {
    row: ENQUEUE_MANY_ROW,
    against: "ashlar",
    contenders: all.map((benched) => ({
      system: benched.system,
      measure: async () => {
        const server = benched.storage.measureCpu();
        const { elapsedMs, cpuMicros } = await fill(benched, jobs);
        const reading = { "jobs/s": (jobs * 1000) / elapsedMs, ...cpuPerJob(cpuMicros, server(), jobs) };
        await expectUnfinished(benched.storage, jobs);
        await benched.storage.clear();
        return reading;
      },
    })),
  };
}

/** Each round drains twice, one after the other: as it is, and while somebody else keeps a transaction open. */
export function drainRow(all: readonly Benched[], jobs: number): Row {
  return {
    row: DRAIN_ROW,
    against: "ashlar",
    contenders: all.map((benched) => {
      let isOldFirst = false;
      return {
        system: benched.system,
        measure: async () => {
          const { holdSnapshot } = benched.storage;
          if (holdSnapshot === null) return await drain(benched, jobs);
          isOldFirst = !isOldFirst;
          const old = isOldFirst ? await drainBeside(benched, jobs, holdSnapshot) : null;
          const reading = await drain(benched, jobs);
          const { "jobs/s": besideOld } = old ?? (await drainBeside(benched, jobs, holdSnapshot));
          return {
            ...reading,
            "jobs/s with an old snapshot held open": besideOld!,
            [BESIDE_OLD_UNIT]: besideOld! / reading["jobs/s"]!,
          };
        },
      };
    }),
  };
}

async function drainBeside(
  benched: Benched,
  jobs: number,
  hold: () => Promise<() => Promise<void>>,
): Promise<Reading> {
  const release = await hold();
  try {
    return await drain(benched, jobs);
  } finally {
    await release();
  }
}

/** From the first job's start until no job is left: what has run and is not settled would run again after a crash. */
async function drain(benched: Benched, jobs: number): Promise<Reading> {
  const { storage, worker } = benched;
  await fill(benched, jobs);
  await storage.tidy();
  const server = storage.measureCpu();
  const { firstAt, cpuMicros, runTwice } = await worker.ask<Drained>("drain", { jobs });
  while ((await storage.unfinished()) > 0) await delay(1);
  const elapsedMs = sharedNow() - firstAt;
  const reading = { "jobs/s": (jobs * 1000) / elapsedMs, ...cpuPerJob(cpuMicros, server(), jobs) };
  if (runTwice > 0) throw new Error(`${benched.system} ran ${runTwice} jobs twice, and nothing had failed.`);
  await worker.ask("stopWorker");
  await storage.clear();
  return reading;
}

function cpuPerJob(client: number, server: number, jobs: number): Reading {
  return {
    "CPU µs/job (node)": client / jobs,
    ...(Number.isNaN(server) ? {} : { "CPU µs/job (node + server)": (client + server) / jobs }),
  };
}

/** A figure of jobs that were not kept would be worth nothing. */
async function expectUnfinished(storage: Benched["storage"], jobs: number): Promise<void> {
  const found = await storage.unfinished();
  if (found !== jobs) throw new Error(`${jobs} jobs were enqueued, and ${found} are there.`);
}
