import type { ConsumerReads, EventBaseline, ModuleBaseline, ViewBaseline } from "./baseline.ts";
import { atPlace, type ChangePlace, type ContractChange, contractChange } from "./contract-change.ts";
import { byObservedReads } from "./observed-reads.ts";
import { compared } from "./operation-boundary.ts";

/** What consumers are known to do. */
export interface Consumers {
  /** Ids of those that subscribe to each event, before or after. */
  readonly subscribers: ReadonlyMap<string, readonly string[]>;
  /** Before and after together: an instance of the old release still reads. */
  readonly reads: ConsumerReads;
  /** After only: what stays behind when the new release is everywhere. */
  readonly readsNow: ConsumerReads;
}

/**
 * Events. Their rows lie in outboxes, queues and the log, so a payload has to be good both ways: old rows for new code,
 * and what new instances publish for those of the old release, which validate by the schema that they know. A raised
 * version with an upcast settles both, because old instances put newer versions off.
 */
export function eventChanges(
  old: ModuleBaseline,
  new_: ModuleBaseline | undefined,
  consumers: Consumers,
): readonly ContractChange[] {
  const changes: ContractChange[] = [];
  for (const [name, was] of Object.entries(old.events)) {
    const id = `${old.module}.${name}`;
    const place: ChangePlace = { boundary: "event", module: old.module, where: id, part: "" };
    const is = new_?.events[name];
    const subscribers = consumers.subscribers.get(id) ?? [];
    if (is === undefined) {
      changes.push(
        subscribers.length > 0
          ? contractChange(
              place,
              "event-removed",
              `the event was removed while ${subscribers.join(", ")} subscribes to it; rows of it may still lie in the outbox and in queues`,
            )
          : contractChange(
              place,
              "event-removed",
              "the event was removed; nobody subscribes to it, but rows of it may still lie in the outbox",
              { severity: "warning" },
            ),
      );
      continue;
    }
    changes.push(...payloadChanges({ ...place, part: "payload" }, was, is, subscribers, consumers));
  }
  return changes;
}

function payloadChanges(
  place: ChangePlace,
  was: EventBaseline,
  is: EventBaseline,
  subscribers: readonly string[],
  consumers: Consumers,
): readonly ContractChange[] {
  if (is.version < was.version) {
    return [
      contractChange(
        place,
        "event-version-lowered",
        `version ${was.version} became ${is.version}; stored rows of version ${was.version} would wait for ever`,
      ),
    ];
  }
  const missing = [...new Set([...was.upcasts, ...range(was.version, is.version)])].filter(
    (version) => version < is.version && !is.upcasts.includes(version),
  );
  const lost = missing.map((version) =>
    contractChange(
      place,
      "event-upcast-missing",
      `there is no upcast from version ${version}, of which rows are stored; say in upcast[${version}] what becomes of it`,
    ),
  );
  const forReaders = compared(was.payload, is.payload, "response", "validating");
  if (is.version > was.version) {
    const read = byObservedReads(place.where, forReaders, subscribers, consumers.readsNow);
    return [
      ...lost,
      contractChange(place, "event-version-raised", `version ${was.version} became ${is.version}`),
      // Who subscribes was compiled with the new payload; only what it was seen to read says more than that.
      ...atPlace(
        place,
        read.map((change) => (change.isRead ? change : { ...change, severity: softened(change.severity) })),
      ),
    ];
  }
  const forRows = compared(was.payload, is.payload, "request").map((change) => ({
    ...change,
    text: `${change.text}; rows that are stored may not be valid: raise the version, with an upcast`,
  }));
  return [
    ...lost,
    ...atPlace(place, byObservedReads(place.where, forReaders, subscribers, consumers.reads)),
    ...atPlace(
      place,
      forRows.filter(({ severity }) => severity !== "ok"),
    ),
  ];
}

/** Jobs: what N has enqueued N+1 runs, and the reverse while both are there and after a rollback. */
export function jobChanges(old: ModuleBaseline, new_: ModuleBaseline | undefined): readonly ContractChange[] {
  const changes: ContractChange[] = [];
  for (const [name, was] of Object.entries(old.jobs)) {
    const place: ChangePlace = {
      boundary: "job",
      module: old.module,
      where: `${old.module}.${name}`,
      part: "payload",
    };
    const is = new_?.jobs[name];
    if (is === undefined) {
      changes.push(
        contractChange(
          { ...place, part: "" },
          "job-removed",
          "the job was removed or renamed; stored jobs of its name would find no handler. Keep it until `ashlar jobs stats` shows none",
        ),
      );
      continue;
    }
    changes.push(
      ...atPlace(
        place,
        compared(was.payload, is.payload, "request").map((change) => ({
          ...change,
          text: `${change.text} (a job of the old release, run by the new one)`,
        })),
      ),
      ...atPlace(
        place,
        compared(was.payload, is.payload, "response", "validating")
          .filter(({ severity }) => severity !== "ok")
          .map((change) => ({
            ...change,
            text: `${change.text} (a job of the new release, run by the old one)`,
          })),
      ),
    );
    if (was.queue !== is.queue) {
      changes.push(
        contractChange(
          { ...place, part: "queue" },
          "queue-changed",
          `its queue was ${was.queue} and is ${is.queue} now; what is stored stays in ${was.queue}, with the limits and pauses of that`,
        ),
      );
    }
  }
  return changes;
}

/** Views: in a rolling deploy code of the old release selects from the new view, so deploying together does not help. */
export function viewChanges(
  old: ModuleBaseline,
  new_: ModuleBaseline | undefined,
  consumers: Consumers,
): readonly ContractChange[] {
  return Object.entries(old.views).flatMap(([name, was]): readonly ContractChange[] => {
    const place: ChangePlace = {
      boundary: "view",
      module: old.module,
      where: `${old.module}.${name}`,
      part: "",
    };
    const is: ViewBaseline | undefined = new_?.views[name];
    if (is === undefined) return [contractChange(place, "view-removed", "the view was removed")];
    const renamed =
      was.view === is.view
        ? []
        : [
            contractChange(
              place,
              "view-removed",
              `the view ${was.view} is called ${is.view} now; publish both for one release`,
            ),
          ];
    const changes = compared(was.row, is.row, "response");
    return [
      ...renamed,
      ...atPlace({ ...place, part: "row" }, byObservedReads(place.where, changes, [], consumers.reads)),
    ];
  });
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
}

function softened(severity: ContractChange["severity"]): ContractChange["severity"] {
  return severity === "ok" ? "ok" : "note";
}
