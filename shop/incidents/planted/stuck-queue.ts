import { QueueAdministration } from "ashlar/jobs";
import type { Incident } from "../incident.ts";

/** A queue was paused for a deploy, and nobody resumed it. */
export const stuckQueue: Incident = {
  name: "stuck-queue",
  story: "Somebody paused the queue of the payments and did not resume it",
  seenBy: ["queue-stuck"],
  module: "billing",
  plant: ({ databaseUrl }) =>
    withQueues(databaseUrl, (queues) => queues.pauseQueue("billing", "payments", "somebody at a deploy")),
  clear: ({ databaseUrl }) => withQueues(databaseUrl, (queues) => queues.resumeQueue("billing", "payments")),
};

async function withQueues(
  url: string,
  work: (queues: QueueAdministration) => Promise<unknown>,
): Promise<void> {
  const queues = await QueueAdministration.open(url);
  try {
    await work(queues);
  } finally {
    await queues.close();
  }
}
