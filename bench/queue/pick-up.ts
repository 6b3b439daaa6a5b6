import type { Child } from "../child.ts";
import { percentile, type Reading, type Row } from "../harness.ts";
import type { Benched } from "./benched.ts";
import type { Moment } from "./queue-process.ts";

const RATE = 500;

export const PICK_UP_ROW = `pick-up at ${RATE} jobs/s, from another process`;
export const OWN_PICK_UP_ROW = `pick-up at ${RATE} jobs/s, in the same process`;

/** From the call that enqueues a job to the first line of its handler. */
export function pickUpRow(all: readonly Benched[], ms: number): Row {
  return {
    row: PICK_UP_ROW,
    against: "ashlar",
    contenders: all.map((benched) => ({
      system: benched.system,
      measure: () => measurePickUp(benched, benched.producer, benched.worker, ms),
    })),
  };
}

export function ownPickUpRow(all: readonly Benched[], ms: number): Row {
  return {
    row: OWN_PICK_UP_ROW,
    against: "ashlar",
    contenders: all.map((benched) => ({
      system: benched.system,
      measure: () => measurePickUp(benched, benched.worker, benched.worker, ms),
    })),
  };
}

async function measurePickUp(
  { storage }: Benched,
  producer: Child,
  worker: Child,
  ms: number,
): Promise<Reading> {
  await worker.ask("note");
  const sent = await producer.ask<Moment[]>("pace", { rate: RATE, ms });
  const begun = new Map(await untilAll(worker, sent.length));
  await worker.ask("stopWorker");
  await storage.clear();
  const waits = Float64Array.from(sent, ([i, at]) => begun.get(i)! - at).sort();
  return { "p50 ms": percentile(waits, 0.5), "p99 ms": percentile(waits, 0.99) };
}

async function untilAll(worker: Child, jobs: number): Promise<Moment[]> {
  const limit = performance.now() + 60_000;
  for (;;) {
    const moments = await worker.ask<Moment[]>("moments");
    if (new Set(moments.map(([i]) => i)).size === jobs) return moments;
    if (performance.now() > limit) throw new Error(`Only ${moments.length} of ${jobs} jobs were picked up.`);
  }
}
