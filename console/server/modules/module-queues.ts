import { queueDepths } from "ashlar/jobs";
import type { ModuleDescription } from "ashlar/module";
import type { ModuleQueueView } from "../../api/module.ts";
import type { Ground } from "../ground.ts";
import { COUNTED_LIVE } from "../jobs/queues.ts";

/** The queues that the module declares or that have something in them, by name. */
export async function moduleQueues(
  ground: Ground,
  module: ModuleDescription,
  deadline: number,
): Promise<ModuleQueueView[]> {
  const found = await queueDepths(
    (statement) => ground.execute(statement, deadline),
    [module.name],
    COUNTED_LIVE,
  );
  const declared = [...module.jobs, ...module.subscribers].map(({ queue }) => queue);
  const names = new Set([...Object.keys(module.queues), ...declared, ...found.map(({ queue }) => queue)]);
  return [...names].sort().map((queue): ModuleQueueView => {
    const { ready = 0, readyAgeMs = null, dead = 0 } = found.find((depth) => depth.queue === queue) ?? {};
    return {
      ...{ queue, ready, readyAgeMs, dead },
      isAtLeast: ready >= COUNTED_LIVE,
      deadIsAtLeast: dead >= COUNTED_LIVE,
    };
  });
}
