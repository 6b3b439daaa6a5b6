import { Refusal } from "ashlar/http";
import type { ActionResult, JobFilter, QueueAdministration } from "ashlar/jobs";
import type { JobActionName } from "../../api/jobs.ts";
import type { ActEndpoint, ActOutcome, ActRequest } from "../endpoint.ts";
import type { Ground } from "../ground.ts";
import { filterOfBody, isVague } from "./filter.ts";
import { COUNTED_AT_MOST } from "./queues.ts";
import { asked } from "./refusals.ts";
import { counted } from "./wording.ts";

/** Before a decision it may take longer than a screen, which is looked at every few seconds. */
const COUNTING = { atMost: COUNTED_AT_MOST, lookAtMost: 100_000, takeAtMostMs: 1_000 } as const;

const PAST = { retry: "retried", cancel: "cancelled", discard: "discarded" } as const;

/** Retry, cancel and discard of all the jobs of a filter, however many they are. */
export function jobActions(ground: Ground): readonly ActEndpoint[] {
  return (["retry", "cancel", "discard"] as const).map((action) => ({
    kind: "act",
    path: `/jobs/${action}`,
    action: `jobs.${action}`,
    parse: (body) => {
      const filter = filterOfBody((body as { filter?: unknown } | null)?.filter);
      if (action !== "retry" && isVague(filter)) {
        throw new Refusal("REQUEST_INVALID", {
          detail: `Which jobs? To ${action} all jobs of the app is never meant: choose a module at least.`,
        });
      }
      return filter;
    },
    act: (request) => actOnJobs(ground, action, request.input as JobFilter, request),
  }));
}

/** Does it batch by batch, or counts up to the bound. Also for deliveries, which are jobs. */
export async function actOnJobs(
  { queues }: Ground,
  action: JobActionName,
  filter: JobFilter,
  { dryRun, reason, signal, progress }: Pick<ActRequest, "dryRun" | "reason" | "signal" | "progress">,
  what = "job",
  many = `${what}s`,
): Promise<ActOutcome> {
  if (dryRun) {
    const { count, isAtLeast, amongNewest } = await asked(() => countFor(queues, action, filter));
    const looked =
      amongNewest === null
        ? ""
        : `, counted among ${counted(amongNewest, what, false, many)}; it goes over all of them`;
    return { count, isAtLeast, summary: `would ${action} ${counted(count, what, isAtLeast, many)}${looked}` };
  }
  const result = await asked(() =>
    queues[action](filter, { reason, signal, onProgress: ({ done }) => progress(done) }),
  );
  return { count: result.done, summary: summaryOf(action, result, what, many) };
}

/** Rare jobs may stand behind those that are counted; whether there are any is looked up to the end. */
async function countFor(queues: QueueAdministration, action: JobActionName, filter: JobFilter) {
  const found = await queues.countFor(action, filter, COUNTING);
  if (found.count > 0 || !found.isAtLeast) return found;
  return await queues.countFor(action, filter, { atMost: 1, lookAtMost: Number.MAX_SAFE_INTEGER });
}

function summaryOf(
  action: JobActionName,
  { done, inTheWay }: ActionResult,
  what: string,
  many: string,
): string {
  const left =
    inTheWay === 0
      ? ""
      : `; ${counted(inTheWay, what, false, many)} left dead, since a newer unfinished job has the same unique key`;
  return `${PAST[action]} ${counted(done, what, false, many)}${left}`;
}
