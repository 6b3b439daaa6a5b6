import { Link } from "wouter";
import type { SubscriberView } from "../../../../api/events.ts";
import { useSession } from "../../api/index.ts";
import {
  type Column,
  Empty,
  formatAgo,
  formatCount,
  formatDuration,
  Module,
  Severity,
  Table,
  useFilters,
} from "../../elements/index.ts";
import { jobsHref } from "../jobs/job-filter.ts";
import { Bounded, Paused, PauseQueue } from "../jobs/queue-table.tsx";

/** From when on the check of the lag of events fires, and when it says that it is severe. */
const BEHIND_MS = 60_000;
const FAR_BEHIND_MS = 600_000;

/** Who is behind and by how much, and who has given up on something. */
export function SubscriberTable({ subscribers }: { readonly subscribers: readonly SubscriberView[] }) {
  return (
    <Table
      caption="Subscribers with how far they are behind"
      columns={COLUMNS}
      rows={subscribers}
      rowKey={subscriberName}
      rowHref={(subscriber) => deliveriesHref(subscriber)}
      empty={<Empty title="No subscriber" hint="No module of this app subscribes to an event." />}
    />
  );
}

export function subscriberName({ module, name }: Pick<SubscriberView, "module" | "name">): string {
  return `${module}.${name}`;
}

/** The jobs that its deliveries are. */
export function deliveriesHref({ module, name }: SubscriberView, state?: string): string {
  return jobsHref({ module, kind: `on.${name}`, ...(state === undefined ? {} : { state }) });
}

const COLUMNS: readonly Column<SubscriberView>[] = [
  {
    name: "subscriber",
    label: "Subscriber",
    cell: ({ module, name }) => (
      <span className="queue-name">
        <Module name={module} plain />
        <span>{name}</span>
      </span>
    ),
  },
  { name: "state", label: "State", cell: (subscriber) => <SubscriberState of={subscriber} /> },
  {
    name: "event",
    label: "Event",
    isWide: true,
    cell: ({ event, inOrder }) => (
      <span className="job-kind">
        <span>{event}</span>
        {inOrder && <span className="quiet-text">in order</span>}
      </span>
    ),
  },
  { name: "pending", label: "Pending", align: "end", cell: ({ pending }) => <Bounded of={pending} /> },
  { name: "retrying", label: "Retrying", align: "end", cell: ({ retrying }) => <Bounded of={retrying} /> },
  {
    name: "dead",
    label: "Dead",
    align: "end",
    cell: (subscriber) =>
      subscriber.dead.count === 0 ? (
        <Bounded of={subscriber.dead} />
      ) : (
        <Link href={deliveriesHref(subscriber, "dead")}>
          <Severity of="error" word={formatCount(subscriber.dead.count, subscriber.dead.isAtLeast)} />
        </Link>
      ),
  },
  {
    name: "actions",
    label: "Actions",
    align: "end",
    cell: (subscriber) => <SubscriberActions of={subscriber} />,
  },
];

function SubscriberState({ of: { lagMs, paused, isDeclared, seenAt } }: { readonly of: SubscriberView }) {
  if (!isDeclared) return <Severity of="note" word={`not in this release, last seen ${formatAgo(seenAt)}`} />;
  if (paused !== null) {
    return (
      <div className="subscriber-paused">
        <Paused {...paused} />
      </div>
    );
  }
  if (lagMs === null) return <Severity of="well" word="up to date" />;
  const severity = lagMs > FAR_BEHIND_MS ? "error" : lagMs > BEHIND_MS ? "warning" : "well";
  return <Severity of={severity} word={`${formatDuration(lagMs)} behind`} />;
}

function SubscriberActions({ of }: { readonly of: SubscriberView }) {
  const filters = useFilters();
  if (useSession()?.access !== "operator") return <span className="nothing">–</span>;
  return (
    <span className="row-actions">
      <Link className="button small" href={`/events?${filters.with({ replay: subscriberName(of) })}`}>
        Replay
      </Link>
      <PauseQueue of={of} />
    </span>
  );
}
