import { setTimeout as delay } from "node:timers/promises";
import type { Row } from "../harness.ts";
import { type Benched, startQueueProcess } from "./benched.ts";

export const IDLE_ROW = "idle worker";

/** What a process asks of its server when there is nothing to do; a new one, which has only done this. */
export function idleRow(all: readonly Benched[], ms: number): Row {
  return {
    row: IDLE_ROW,
    against: "ashlar",
    warmUp: false,
    contenders: all.map(({ system, storage, producer, worker }) => ({
      system,
      measure: async () => {
        // Theirs stay connected, and would be counted.
        const others = [producer, worker];
        await Promise.all(others.map((child) => child.ask("rest")));
        const child = startQueueProcess(system, storage);
        try {
          await child.ask("note");
          await delay(SETTLING_MS);
          const before = await storage.statements();
          await delay(ms);
          const statements = (await storage.statements()) - before;
          const connections = Object.values(await storage.connections()).reduce((sum, n) => sum + n, 0);
          return {
            ...(Number.isNaN(statements) ? {} : { "queries/s": (statements * 1000) / ms }),
            connections,
          };
        } finally {
          await child.stop();
        }
      },
    })),
  };
}

/** What is done once after the start is not what idling costs. */
const SETTLING_MS = 1_500;
