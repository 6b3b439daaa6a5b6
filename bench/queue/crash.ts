import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { temporaryDirectory } from "../cluster.ts";
import type { Reading, Row } from "../harness.ts";
import type { Session } from "../table.ts";
import { type Benched, fill, startQueueProcess } from "./benched.ts";
import { accountFor, decodeRuns, type Run } from "./runs.ts";
import { sharedNow } from "./system.ts";

export const WATCHED_S = 22;
export const CRASH_UNITS = {
  notDone: `jobs not done ${WATCHED_S} s after the kill`,
  runTwice: "jobs run twice",
  seconds: "s from the kill to the last job",
} as const;

const JOB_MS = 1;

export const CRASH_ROW = "kill -9 of one of two workers in the middle of its work";

export function crashRow(session: Session, all: readonly Benched[], jobs: number): Row {
  return {
    row: CRASH_ROW,
    against: "ashlar",
    warmUp: false,
    contenders: all.map((benched) => ({
      system: benched.system,
      measure: () => killOneOfTwo(session, benched, jobs),
    })),
  };
}

async function killOneOfTwo(session: Session, benched: Benched, jobs: number): Promise<Reading> {
  const { system, storage } = benched;
  const directory = await temporaryDirectory(session);
  await fill(benched, jobs);
  await storage.tidy();
  const logs = ["victim", "survivor"].map((name) => join(directory, name));
  const [victim, survivor] = logs.map(() => startQueueProcess(system, storage));
  try {
    // One after the other: a victim that is late to start could find nothing left to die over.
    await victim!.ask("workOn", { file: logs[0], jobMs: JOB_MS });
    await survivor!.ask("workOn", { file: logs[1], jobMs: JOB_MS });
    // In the middle of its work: it has done an eighth of all, and half of what is left would be its own.
    for (let before = -1, done = 0; done < jobs / 8; before = done) {
      done = (await runsIn([logs[0]!])).length;
      // Asked only when it stands still, so that the question is no load.
      if (done === before && (await storage.unfinished()) === 0) {
        throw new Error(`The victim of ${system} found less than an eighth of the jobs to do.`);
      }
      await delay(2);
    }
    process.kill(victim!.pid, "SIGKILL");
    const killedAt = sharedNow();
    while ((await storage.unfinished()) > 0 && sharedNow() < killedAt + WATCHED_S * 1000) await delay(20);
    const { lost, runTwice, doneAt } = accountFor(jobs, await runsIn(logs));
    // A job that has run and is still there will run again, and is not done.
    const notDone = Math.max(lost, await storage.unfinished());
    return {
      [CRASH_UNITS.notDone]: notDone,
      [CRASH_UNITS.runTwice]: runTwice,
      ...(notDone > 0 ? {} : { [CRASH_UNITS.seconds]: (doneAt - killedAt) / 1000 }),
    };
  } finally {
    await Promise.all([victim!.stop(), survivor!.stop()]);
    await storage.clear();
  }
}

async function runsIn(logs: readonly string[]): Promise<Run[]> {
  const parts = await Promise.all(logs.map(async (log) => decodeRuns(await readFile(log))));
  return parts.flat();
}
