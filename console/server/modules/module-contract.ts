import type { AppDescription, AuthPolicy, ModuleDescription } from "ashlar/module";
import type {
  ModuleEvent,
  ModuleJob,
  ModuleNeighbour,
  ModuleOperation,
  ModuleRoute,
  ModuleSubscriber,
} from "../../api/module.ts";
import type { ModuleWork } from "./module-work.ts";
import { deliveryName } from "./recent-work.ts";

type Schedule = ModuleDescription["schedules"][number];

export interface ModuleContract {
  readonly operations: readonly ModuleOperation[];
  readonly routes: readonly ModuleRoute[];
  readonly jobs: readonly ModuleJob[];
  readonly subscribers: readonly ModuleSubscriber[];
  readonly published: readonly ModuleEvent[];
  readonly uses: readonly ModuleNeighbour[];
  readonly usedBy: readonly ModuleNeighbour[];
  readonly views: readonly string[];
  readonly reads: readonly string[];
}

/** What a module has and needs, with what came of it. */
export function moduleContract(
  app: AppDescription,
  module: ModuleDescription,
  work: ModuleWork,
): ModuleContract {
  return {
    operations: module.operations.map(({ id, name, kind, transaction, errors }) => ({
      ...{ id, name, kind, transaction },
      errors: errors.map(({ code, kind, description }) => ({ code, kind, description })),
      work: work.of("call", id),
    })),
    routes: module.routes.map(({ method, path, summary, auth, operation }) => ({
      ...{ method, path, summary, operation },
      auth: policyText(auth),
      work: work.of("request", `${method} ${path}`),
    })),
    jobs: module.jobs.map(({ id, name, queue }) => ({
      ...{ id, name, queue },
      schedules: module.schedules.filter(({ job }) => job === id).map(timingText),
      work: work.of("job", id),
    })),
    subscribers: module.subscribers.map((subscriber) => ({
      ...subscriber,
      work: work.of("delivery", deliveryName(module.name, subscriber.name)),
    })),
    published: module.events.map(({ id, name, version }) => ({
      ...{ id, name, version },
      subscribers: app.modules.flatMap((other) =>
        other.subscribers
          .filter(({ event }) => event === id)
          .map((subscriber) => ({ module: other.name, name: subscriber.name })),
      ),
    })),
    uses: module.uses.map((other) => ({ module: other, work: work.to(other) })),
    usedBy: app.modules
      .filter(({ uses }) => uses.includes(module.name))
      .map(({ name }) => ({ module: name, work: work.from(name) })),
    views: module.views.map(({ id }) => id),
    reads: module.reads,
  };
}

function policyText(auth: AuthPolicy): string {
  if (auth.kind === "anyone") return "anyone";
  const scope = auth.scope === undefined ? "" : `, API keys with ${auth.scope}`;
  return auth.kind === "role" ? `role ${auth.role}${scope}` : `signed in${scope}`;
}

function timingText({ timing: { cron, everyMs, timeZone } }: Schedule): string {
  if (cron !== undefined) return timeZone === undefined ? cron : `${cron} (${timeZone})`;
  const seconds = (everyMs ?? 0) / 1000;
  if (seconds % 3600 === 0) return `every ${seconds / 3600} h`;
  return seconds % 60 === 0 ? `every ${seconds / 60} min` : `every ${seconds} s`;
}
