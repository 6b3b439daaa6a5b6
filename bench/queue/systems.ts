import { ashlar } from "./ashlar.ts";
import { bullMq, bullMqDurable } from "./bullmq.ts";
import { graphileWorker } from "./graphile-worker.ts";
import { pgBoss } from "./pg-boss.ts";
import type { QueueSystem } from "./system.ts";

/** Everything that can be measured; the first is what the others are divided by. */
export const systems: readonly QueueSystem[] = [ashlar, graphileWorker, pgBoss, bullMq, bullMqDurable];

export function systemNamed(name: string): QueueSystem {
  const system = systems.find((each) => each.name === name);
  if (system === undefined) throw new RangeError(`There is no queue system ${name}.`);
  return system;
}
