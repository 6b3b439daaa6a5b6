import type { QueueOverview } from "ashlar/jobs";
import type { Queues, QueueView } from "../../api/jobs.ts";
import type { Ground } from "../ground.ts";

/** No count of the console goes beyond; so far goes one before a decision. */
export const COUNTED_AT_MOST = 10_000;
/** What screens count again every few seconds, in every queue and state or of a filter, ends earlier. */
export const COUNTED_LIVE = 1_000;

const NONE = { count: 0, isAtLeast: false } as const;

/** What is in the queues, also in those that are declared and empty. */
export async function readQueues(ground: Ground): Promise<Queues> {
  const { queues, paused, finished } = await ground.queues.overview(COUNTED_LIVE);
  const pauses = new Map(paused.map((each) => [keyOf(each), each]));
  const views = new Map<string, QueueView>();
  for (const place of declaredQueues(ground)) views.set(keyOf(place), emptyQueue(place));
  for (const queue of queues) views.set(keyOf(queue), viewOf(queue));
  return {
    queues: [...views]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, view]) => {
        const pause = pauses.get(key);
        return pause === undefined
          ? view
          : { ...view, paused: { by: pause.pausedBy, since: pause.pausedAt.getTime() } };
      }),
    finished,
  };
}

/** Whether the app declares the queue, or the database has something of it. */
export async function isKnownQueue(ground: Ground, module: string, queue: string): Promise<boolean> {
  const isIt = (each: { module: string; queue: string }) => each.module === module && each.queue === queue;
  if (declaredQueues(ground).some(isIt)) return true;
  const { queues } = await ground.queues.overview(1);
  return queues.some(isIt);
}

function declaredQueues({ description }: Ground): { module: string; queue: string }[] {
  return description.modules.flatMap(({ name: module, queues, jobs, subscribers }) =>
    [...new Set([...Object.keys(queues), ...[...jobs, ...subscribers].map(({ queue }) => queue)])].map(
      (queue) => ({ module, queue }),
    ),
  );
}

function keyOf({ module, queue }: { readonly module: string; readonly queue: string }): string {
  return `${module}\0${queue}`;
}

function viewOf(overview: QueueOverview): QueueView {
  return { ...overview, paused: null };
}

function emptyQueue(place: { module: string; queue: string }): QueueView {
  return {
    ...place,
    ready: NONE,
    readyAgeMs: null,
    running: NONE,
    scheduled: NONE,
    retrying: NONE,
    waiting: NONE,
    dead: NONE,
    paused: null,
  };
}
