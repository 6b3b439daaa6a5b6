import { Refusal } from "ashlar/http";
import { actorKey } from "ashlar/module";
import type { ActEndpoint, ActOutcome, ActRequest } from "../endpoint.ts";
import type { Ground } from "../ground.ts";
import { isKnownQueue } from "./queues.ts";
import { asked, name, names, readBody } from "./refusals.ts";
import { counted } from "./wording.ts";

interface QueueInput {
  readonly module: string;
  readonly queue: string;
}

interface SchedulesInput {
  readonly module: string;
  readonly names: readonly string[];
}

export function queueActions(ground: Ground): readonly ActEndpoint[] {
  return (["pause", "resume"] as const).map((action) => ({
    kind: "act",
    path: `/queues/${action}`,
    action: `queues.${action}`,
    parse: (body) => readBody<QueueInput>(body, { module: name, queue: name }),
    act: (request) => asked(() => changeQueue(ground, action, request)),
  }));
}

export function scheduleActions(ground: Ground): readonly ActEndpoint[] {
  return (["pause", "resume", "run"] as const).map((action) => ({
    kind: "act",
    path: `/schedules/${action}`,
    action: `schedules.${action}`,
    parse: (body) => readBody<SchedulesInput>(body, { module: name, names }),
    act: (request) => asked(() => changeSchedules(ground, action, request)),
  }));
}

async function changeQueue(
  ground: Ground,
  action: "pause" | "resume",
  { input, dryRun, actor }: ActRequest,
): Promise<ActOutcome> {
  const { queues } = ground;
  const { module, queue } = input as QueueInput;
  const place = `queue ${module}.${queue}`;
  if (!(await isKnownQueue(ground, module, queue))) {
    throw new Refusal("REQUEST_INVALID", { detail: `There is no ${place}.` });
  }
  if (dryRun) {
    const isPaused = (await queues.paused()).some((each) => each.module === module && each.queue === queue);
    if (isPaused === (action === "pause")) {
      return { count: 0, summary: `${place} is ${isPaused ? "paused already" : "not paused"}` };
    }
    return {
      count: 1,
      summary:
        action === "pause"
          ? `no worker would begin a job of ${place} any more; what runs goes on`
          : `workers would go on with ${place}`,
    };
  }
  const isDone =
    action === "pause"
      ? await queues.pauseQueue(module, queue, actorKey(actor))
      : await queues.resumeQueue(module, queue);
  if (isDone) return { count: 1, summary: `${action}d ${place}` };
  return { count: 0, summary: `${place} was ${action === "pause" ? "paused already" : "not paused"}` };
}

async function changeSchedules(
  { queues }: Ground,
  action: "pause" | "resume" | "run",
  { input, dryRun, actor }: ActRequest,
): Promise<ActOutcome> {
  const { module, names: wanted } = input as SchedulesInput;
  const known = await queues.schedules([module]);
  const unknown = wanted.filter((each) => !known.some((schedule) => schedule.name === each));
  if (unknown.length > 0) {
    throw new Refusal("REQUEST_INVALID", {
      detail: `There is no schedule ${unknown.map((each) => `${module}.${each}`).join(", ")}.`,
    });
  }
  if (dryRun) {
    const isFor = ({ name: each, pausedAt }: (typeof known)[number]) =>
      wanted.includes(each) && (action === "run" || (pausedAt === null) === (action === "pause"));
    const count = known.filter(isFor).length;
    return { count, summary: `would ${action} ${counted(count, "schedule")}` };
  }
  const changed =
    action === "run"
      ? await queues.runSchedules(module, wanted)
      : action === "pause"
        ? await queues.pauseSchedules(module, wanted, actorKey(actor))
        : await queues.resumeSchedules(module, wanted);
  const listed = changed.map((each) => `${module}.${each}`).join(", ");
  const past = action === "run" ? "asked a worker to run" : `${action}d`;
  return {
    count: changed.length,
    summary: changed.length === 0 ? `nothing to ${action}` : `${past} ${listed}`,
  };
}
