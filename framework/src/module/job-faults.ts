import { isEvent, membersOf } from "../contract/index.ts";
import { type AnyJob, DEFAULT_QUEUE, type JobPolicy, scheduleFaults } from "../jobs/index.ts";
import type { Module } from "./definition.ts";
import type { Fault } from "./errors.ts";

const NAME = /^[a-z][A-Za-z0-9]{0,59}$/;
const QUEUE_NAME = /^[a-z][a-z0-9_]{0,29}$/;

/** What is wrong with the jobs, queues, schedules and subscribers of a module. */
export function jobFaults(module: Module, modules: readonly Module[]): Fault[] {
  return [
    ...queueFaults(module),
    ...module.jobs.flatMap(({ job }) => kindFaults(module, job)),
    ...doubled(
      module,
      "ASHLAR_JOB_DUPLICATE",
      "job",
      module.jobs.map(({ job }) => job.name),
    ),
    ...handlersMissing(module),
    ...doubled(
      module,
      "ASHLAR_SCHEDULE_DUPLICATE",
      "schedule",
      module.schedules.map(({ name }) => name),
    ),
    ...module.schedules.flatMap((schedule) => [
      ...scheduleFaults(schedule).map((message) =>
        fault("ASHLAR_SCHEDULE_INVALID", module, `schedule ${schedule.name}`, message),
      ),
      ...unhandled(module, schedule.job, `schedule ${schedule.name}`),
    ]),
    ...doubled(
      module,
      "ASHLAR_SUBSCRIBER_DUPLICATE",
      "subscriber",
      module.subscribers.map(({ policy }) => policy.name),
    ),
    ...module.subscribers.flatMap((subscriber) => {
      const key = `subscriber ${subscriber.policy.name}`;
      return [
        ...nameFaults("ASHLAR_SUBSCRIBER_INVALID", module, key, subscriber.policy.name),
        ...policyFaults("ASHLAR_SUBSCRIBER_INVALID", module, key, subscriber.policy),
        ...eventFaults(module, modules, subscriber.event, key),
      ];
    }),
  ];
}

function queueFaults(module: Module): Fault[] {
  return Object.entries(module.queues).flatMap(([name, { concurrency, limit }]) => {
    const report = (message: string) => fault("ASHLAR_QUEUE_INVALID", module, `queue ${name}`, message);
    return [
      ...(QUEUE_NAME.test(name) ? [] : [report(`its name must match ${QUEUE_NAME}`)]),
      ...(isWhole(concurrency, 1, 1_000) ? [] : [report("concurrency is a whole number from 1 to 1,000")]),
      ...(isWhole(limit, 1, 1_000_000) ? [] : [report("limit is a whole number from 1")]),
    ];
  });
}

function kindFaults(module: Module, job: AnyJob): Fault[] {
  const key = `job ${job.name}`;
  if (job.module !== module.name) {
    return [
      fault(
        "ASHLAR_JOB_FOREIGN",
        module,
        key,
        `this job belongs to ${job.module}; a module performs its own jobs only`,
      ),
    ];
  }
  return [
    ...nameFaults("ASHLAR_JOB_INVALID", module, key, job.name),
    ...policyFaults("ASHLAR_JOB_INVALID", module, key, job.policy),
  ];
}

function policyFaults(code: string, module: Module, key: string, policy: JobPolicy<never>): Fault[] {
  const { queue = DEFAULT_QUEUE, priority, maxAttempts, timeoutMs, limit, rate, unique } = policy;
  const report = (message: string) => fault(code, module, key, message);
  const known = [DEFAULT_QUEUE, ...Object.keys(module.queues)];
  return [
    ...(known.includes(queue)
      ? []
      : [
          report(
            `${module.name} has no queue ${queue}; declare it in \`queues\` or use one of ${known.join(", ")}`,
          ),
        ]),
    ...(isWhole(priority, -100, 100) ? [] : [report("priority is a whole number from -100 to 100")]),
    ...(isWhole(maxAttempts, 1, 1_000) ? [] : [report("maxAttempts is a whole number from 1 to 1,000")]),
    ...(isWhole(timeoutMs, 1, 86_400_000)
      ? []
      : [report("timeoutMs is a whole number of milliseconds, a day at most")]),
    ...(isWhole(limit?.maximum, 1, 1_000_000) ? [] : [report("limit.maximum is a whole number from 1")]),
    ...(isWhole(rate?.maximum, 1, 1_000_000) && isWhole(rate?.perMs, 1, 31_536_000_000)
      ? []
      : [
          report("rate has a whole number of starts from 1, and a whole number of milliseconds up to a year"),
        ]),
    ...(isWhole(unique?.withinMs, 1, 31_536_000_000) ? [] : [report("unique.withinMs is at most a year")]),
    ...(limit !== undefined && module.queues[queue]?.limit !== undefined
      ? [report(`queue ${queue} has a limit already; a job is under one of them, so remove the other`)]
      : []),
  ];
}

/** Declared by the definition, and performed by nobody: what is enqueued would wait for ever. */
function handlersMissing(module: Module): Fault[] {
  return module.declaredJobs.flatMap((job) => unhandled(module, job, `job ${job.name}`));
}

function unhandled(module: Module, job: AnyJob, key: string): Fault[] {
  return module.jobs.some((handler) => handler.job === job)
    ? []
    : [
        fault(
          "ASHLAR_JOB_HANDLER_MISSING",
          module,
          key,
          `nothing performs ${job.id}; write its handler with \`perform\` and list it in \`jobs\` of src/module.ts`,
        ),
      ];
}

function eventFaults(
  module: Module,
  modules: readonly Module[],
  event: Module["subscribers"][number]["event"],
  key: string,
): Fault[] {
  const publisher = modules.find(({ name }) => name === event.contract);
  if (publisher === undefined) {
    return [
      fault(
        "ASHLAR_EVENT_UNKNOWN",
        module,
        key,
        `the app has no module ${event.contract}, which publishes ${event.id}; add it to the host's \`modules\``,
      ),
    ];
  }
  return membersOf(publisher.contract).filter(isEvent).includes(event)
    ? []
    : [
        fault(
          "ASHLAR_EVENT_UNKNOWN",
          module,
          key,
          `the contract of ${publisher.name} does not declare ${event.id}; import the contract that its module defines`,
        ),
      ];
}

/** What the host gave for the ports of its modules, against what they named. */
export function adapterFaults(
  modules: readonly Module[],
  adapters: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Fault[] {
  return [
    ...modules.flatMap((module) =>
      module.ports
        .filter((name) => adapters[module.name]?.[name] === undefined)
        .map((name) =>
          fault(
            "ASHLAR_ADAPTER_MISSING",
            module,
            `port ${name}`,
            `nothing is connected to it; give createApp adapters: { ${module.name}: { ${name}: ... } }`,
          ),
        ),
    ),
    ...Object.entries(adapters).flatMap(([name, given]) =>
      Object.keys(given)
        .filter((port) => !modules.some((module) => module.name === name && module.ports.includes(port)))
        .map((port) => ({
          code: "ASHLAR_ADAPTER_UNKNOWN",
          module: name,
          key: `adapter ${port}`,
          message: "no module of the app has this port; correct the name or remove the adapter",
        })),
    ),
  ];
}

function nameFaults(code: string, module: Module, key: string, name: string): Fault[] {
  return NAME.test(name) ? [] : [fault(code, module, key, `its name must match ${NAME}`)];
}

function doubled(module: Module, code: string, what: string, names: readonly string[]): Fault[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map((name) =>
    fault(
      code,
      module,
      `${what} ${name}`,
      `two have this name; it is stored with each of them, so rename one`,
    ),
  );
}

function isWhole(value: number | undefined, least: number, most: number): boolean {
  return value === undefined || (Number.isInteger(value) && value >= least && value <= most);
}

function fault(code: string, module: Module, key: string, message: string): Fault {
  return { code, module: module.name, key, message };
}
