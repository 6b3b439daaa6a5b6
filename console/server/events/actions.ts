import {
  countReplay,
  findSubscriptions,
  replayEvents,
  type Subscription,
  subscriberKind,
} from "ashlar/events";
import { Refusal } from "ashlar/http";
import type { ActEndpoint, ActOutcome, ActRequest } from "../endpoint.ts";
import type { Ground } from "../ground.ts";
import { actOnJobs } from "../jobs/job-actions.ts";
import { COUNTED_AT_MOST } from "../jobs/queues.ts";
import { asked, Fault, name, readBody } from "../jobs/refusals.ts";
import { counted } from "../jobs/wording.ts";
import { executor } from "./reading.ts";

/** Events that the count before a replay looks at. */
const LOOKED_AT = 50_000;

interface ReplayInput {
  /** `ordering.markOrderPaid`. */
  readonly subscriber: string;
  readonly since: number;
  readonly until: number | null;
}

export function eventActions(ground: Ground): readonly ActEndpoint[] {
  return [
    {
      kind: "act",
      path: "/events/replay",
      action: "events.replay",
      parse: (body) => {
        const input = readBody<ReplayInput>(body, {
          subscriber: name,
          since: moment,
          until: (value) => (value === undefined || value === null ? null : moment(value)),
        });
        if (input.until !== null && input.until <= input.since) {
          throw new Refusal("REQUEST_INVALID", {
            errors: [{ path: "/body/until", message: "is after `since`" }],
          });
        }
        return withModule(input);
      },
      act: (request) => asked(() => replay(ground, request)),
    },
    onDead(ground, "redrive", "retry"),
    onDead(ground, "discard", "discard"),
  ];
}

/** Something done to the dead deliveries of one subscriber. */
function onDead(ground: Ground, path: string, action: "retry" | "discard"): ActEndpoint {
  return {
    kind: "act",
    path: `/events/${path}`,
    action: `events.${path}`,
    parse: (body) => withModule(readBody<{ subscriber: string }>(body, { subscriber: name })),
    async act(request) {
      const { subscriber } = request.input as { subscriber: string };
      const subscription = await find(ground, subscriber);
      const filter = {
        modules: [subscription.subscriber],
        kinds: [subscriberKind(subscription.name)],
        states: ["dead"] as const,
      };
      return await actOnJobs(ground, action, filter, request, "dead delivery", "dead deliveries");
    },
  };
}

async function replay(ground: Ground, request: ActRequest): Promise<ActOutcome> {
  const { subscriber, since, until } = request.input as ReplayInput;
  const subscription = await find(ground, subscriber);
  const period = { since: new Date(since), until: new Date(until ?? ground.now()) };
  if (period.until <= period.since) {
    throw new Refusal("REQUEST_INVALID", { errors: [{ path: "/body/since", message: "is in the past" }] });
  }
  const parts = { app: ground.app.name, pool: executor(ground), subscription, ...period };
  if (request.dryRun) {
    const { count, isAtLeast } = await countReplay({
      ...parts,
      atMost: COUNTED_AT_MOST,
      lookAtMost: LOOKED_AT,
    });
    return {
      count,
      isAtLeast,
      summary: `would deliver ${counted(count, "event", isAtLeast)} to ${subscriber} again, whether it has taken them in before or not`,
    };
  }
  const {
    replay: number,
    deliveries,
    isFinished,
  } = await replayEvents({
    ...parts,
    signal: request.signal,
    onProgress: (progress) => request.progress(progress.deliveries),
  });
  const summary = `delivers ${counted(deliveries, "event")} to ${subscriber} again`;
  if (isFinished) return { count: deliveries, summary };
  return {
    count: deliveries,
    isAtLeast: true,
    summary: `${summary}; interrupted, to go on: ashlar events replay ${subscriber} --resume ${number}`,
  };
}

/** For the audit, which is asked by module. */
function withModule<Input extends { readonly subscriber: string }>(input: Input): Input & { module: string } {
  return { module: moduleOf(input.subscriber), ...input };
}

function moduleOf(subscriber: string): string {
  return subscriber.slice(0, Math.max(0, subscriber.indexOf(".")));
}

async function find(ground: Ground, subscriber: string): Promise<Subscription> {
  const { app, queues } = ground;
  const module = moduleOf(subscriber);
  const subscriptions = queues.modules.includes(module)
    ? await findSubscriptions({ app: app.name, pool: executor(ground), module })
    : [];
  const found = subscriptions.find((each) => each.name === subscriber.slice(module.length + 1));
  if (found !== undefined) return found;
  throw new Refusal("REQUEST_INVALID", {
    errors: [
      { path: "/body/subscriber", message: "is no subscriber; one looks like ordering.markOrderPaid" },
    ],
  });
}

function moment(value: unknown): number | Fault {
  const isOne = typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value < 8.64e15;
  return isOne ? value : new Fault("is a moment, in milliseconds of the epoch");
}
