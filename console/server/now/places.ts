import type { Firing } from "ashlar/health";
import type { Place } from "../../api/now.ts";

type Subject = Pick<Firing, "check" | "subject" | "module">;

/** Where in the console the cause of a firing is seen. */
export function placeOf(firing: Subject): Place {
  return PLACES[firing.check]?.(firing) ?? runbookPlace(firing);
}

/** Where the console does what an action says; null where it is done in a shell, or by a person. */
export function placeOfAction(
  firing: Subject,
  { command, sql }: { readonly command?: string; readonly sql?: string },
): Place | null {
  const [, verb, pid] = /pg_(terminate|cancel)_backend\((\d+)\)/.exec(sql ?? "") ?? [];
  if (pid !== undefined) {
    const label = verb === "cancel" ? "Cancel the statement" : "End the session";
    return { href: at("/database", { session: pid }), label };
  }
  if (command?.startsWith("ashlar jobs retry")) return { ...placeOf(firing), label: "Retry the jobs" };
  if (command?.startsWith("ashlar jobs resume")) return { ...placeOf(firing), label: "Resume the queue" };
  if (command?.startsWith("ashlar jobs list --state running")) {
    const { href } = placeOf(firing);
    return { href: `${href}&state=running`, label: "See what runs" };
  }
  if (command?.startsWith("ashlar jobs list") && firing.check === "subscriber-lag") {
    const [, module, kind] = /--module (\S+) --kind (\S+)/.exec(command) ?? [];
    return { href: at("/jobs", { module: module ?? null, kind: kind ?? null }), label: "See its deliveries" };
  }
  if (command?.startsWith("ashlar jobs")) return placeOf(firing);
  if (command?.startsWith("ashlar events")) return placeOf(firing);
  return null;
}

function runbookPlace({ check }: Subject): Place {
  return { href: at("/", { runbook: check }), label: "Open the runbook" };
}

const PLACES: Readonly<Record<string, (firing: Subject) => Place>> = {
  "database-unreachable": runbookPlace,
  "route-errors": ({ subject }) => ({
    href: at("/traces", { name: subject, failed: "1" }),
    label: "See the failed requests",
  }),
  "route-latency": ({ subject }) => ({
    href: at("/traces", { name: subject, slow: "1" }),
    label: "See the slow requests",
  }),
  "pool-saturated": () => ({ href: "/database", label: "See the connections" }),
  "pool-holder": ({ subject }) => ({
    href: at("/database", { module: subject }),
    label: `See the sessions of ${subject}`,
  }),
  "transaction-held": ({ subject }) => ({
    href: at("/database", { session: pidOf(subject) }),
    label: "See the session",
  }),
  blocking: ({ subject }) => ({
    href: `${at("/database", { session: pidOf(subject) })}#blocking`,
    label: "See who blocks whom",
  }),
  "slow-statement": ({ subject }) => ({
    href: at("/database", { statement: subject.slice(subject.indexOf("/") + 1) }),
    label: "See the statement",
  }),
  "dead-letters": ({ subject, module }) => ({
    href: at("/jobs", { module, kind: memberOf(subject, module), state: "dead" }),
    label: "See the dead jobs",
  }),
  "queue-stuck": ({ subject, module }) => ({
    href: at("/jobs", { module, queue: memberOf(subject, module) }),
    label: "See the queue",
  }),
  "relay-lag": ({ subject }) => ({ href: at("/events", { publisher: subject }), label: "See its events" }),
  "subscriber-lag": () => ({ href: "/events", label: "See how far subscribers are" }),
  "worker-silent": () => ({ href: "/deploys", label: "See the instances" }),
  "deploy-in-progress": () => ({ href: "/deploys", label: "See the instances" }),
  "replication-lag": () => ({ href: at("/database", { tab: "replication" }), label: "See the replicas" }),
  "table-bloat": ({ module }) => ({
    href: at("/database", { tab: "tables", module }),
    label: "See the tables",
  }),
  "missing-index": ({ module }) => ({
    href: at("/database", { tab: "tables", module }),
    label: "See the tables",
  }),
  "disk-space": () => ({ href: "/database", label: "See the disk" }),
  "clock-skew": () => ({ href: "/deploys", label: "See the instances" }),
};

/** `process 4711` */
function pidOf(subject: string): string {
  return subject.replace(/^process /, "");
}

/** `billing.sendInvoice` of billing is `sendInvoice`. */
function memberOf(subject: string, module: string | null): string {
  return module !== null && subject.startsWith(`${module}.`) ? subject.slice(module.length + 1) : subject;
}

function at(path: string, filters: Readonly<Record<string, string | null>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filters))
    if (value !== null && value !== "") query.set(name, value);
  return query.size === 0 ? path : `${path}?${query}`;
}
