import type { CountView, QueueView } from "../../../../api/jobs.ts";
import {
  ActionButton,
  Ago,
  type Column,
  Count,
  countOf,
  Empty,
  formatCount,
  formatDuration,
  Module,
  Severity,
  Table,
} from "../../elements/index.ts";
import { jobsHref } from "./job-filter.ts";

/** Older than that, the check of stuck queues begins to look at it; much older, something is wrong for certain. */
const LATE_MS = 30_000;
const VERY_LATE_MS = 300_000;

const COLUMNS: readonly Column<QueueView>[] = [
  {
    name: "queue",
    label: "Queue",
    cell: ({ module, queue }) => (
      <span className="queue-name">
        <Module name={module} plain />
        <span>{queue}</span>
      </span>
    ),
  },
  { name: "state", label: "State", cell: (queue) => <QueueState of={queue} />, isWide: true },
  { name: "mix", label: "Share", cell: (queue) => <Mix of={queue} /> },
  column("ready", "Ready"),
  column("running", "Running"),
  column("retrying", "Retrying"),
  column("scheduled", "Scheduled"),
  column("waiting", "Waiting"),
  {
    name: "dead",
    label: "Dead",
    align: "end",
    cell: ({ dead }) =>
      dead.count === 0 ? (
        <Bounded of={dead} />
      ) : (
        <Severity of="error" word={formatCount(dead.count, dead.isAtLeast)} />
      ),
  },
  {
    name: "actions",
    label: "Actions",
    align: "end",
    cell: (queue) => <PauseQueue of={queue} />,
  },
];

const EMPTY_COLUMNS = COLUMNS.filter(({ name }) => ["queue", "state", "actions"].includes(name));

/** Those with something in them; the others are folded away. */
export function QueueTable({ queues }: { readonly queues: readonly QueueView[] }) {
  const busy = queues.filter((queue) => !isEmpty(queue));
  const empty = queues.filter(isEmpty);
  return (
    <div className="queues">
      <Table
        caption="Queues with how many jobs are in which state"
        columns={COLUMNS}
        rows={busy}
        {...ROWS}
        empty={<Empty title="All queues are empty" hint="No job waits, runs or is dead." />}
      />
      {empty.length > 0 && (
        <details className="more">
          <summary>
            {countOf(empty.length, "queue")} with nothing in {empty.length === 1 ? "it" : "them"}
          </summary>
          <Table caption="Empty queues" columns={EMPTY_COLUMNS} rows={empty} {...ROWS} empty={null} />
        </details>
      )}
    </div>
  );
}

const ROWS = {
  rowKey: ({ module, queue }: QueueView) => `${module}.${queue}`,
  rowHref: ({ module, queue }: QueueView) => jobsHref({ module, queue }),
};

function isEmpty(queue: QueueView): boolean {
  return queue.paused === null && PARTS.every((part) => queue[part].count === 0);
}

export function PauseQueue({
  of: { module, queue, paused },
}: {
  readonly of: Pick<QueueView, "module" | "queue" | "paused">;
}) {
  const action = paused === null ? "pause" : "resume";
  return (
    <ActionButton
      action={`queues.${action}`}
      path={`/queues/${action}`}
      input={{ module, queue }}
      label={paused === null ? "Pause" : "Resume"}
      one="queue"
      isSmall
    />
  );
}

function column(
  name: "ready" | "running" | "retrying" | "scheduled" | "waiting",
  label: string,
): Column<QueueView> {
  return { name, label, align: "end", cell: (queue) => <Bounded of={queue[name]} /> };
}

/** Zeros step back, so that what is there stands out. */
export function Bounded({ of: { count, isAtLeast } }: { readonly of: CountView }) {
  if (count === 0 && !isAtLeast) return <span className="nothing">0</span>;
  return <Count of={count} isAtLeast={isAtLeast} />;
}

/** Since when, and by whom if that is known. */
export function Paused({ by, since }: { readonly by: string | null; readonly since: number }) {
  return (
    <>
      <Severity of="warning" word="paused" />
      <span className="queue-paused">
        {by === null ? "" : `by ${by}, `}
        <Ago at={since} />
      </span>
    </>
  );
}

function QueueState({ of: { paused, readyAgeMs } }: { readonly of: QueueView }) {
  if (paused !== null) {
    return <Paused {...paused} />;
  }
  if (readyAgeMs === null) return <span className="nothing">nothing ready</span>;
  const severity = readyAgeMs > VERY_LATE_MS ? "error" : readyAgeMs > LATE_MS ? "warning" : "well";
  return <Severity of={severity} word={`next waits ${formatDuration(readyAgeMs)}`} />;
}

const PARTS = ["running", "ready", "retrying", "waiting", "scheduled", "dead"] as const;

/** The states as parts of one bar; the numbers beside it say the same. */
function Mix({ of }: { readonly of: QueueView }) {
  const total = PARTS.reduce((sum, part) => sum + of[part].count, 0);
  let from = 0;
  return (
    <svg className="queue-mix" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect className="queue-mix-ground" width="100" height="8" />
      {PARTS.map((part) => {
        const width = total === 0 ? 0 : (of[part].count / total) * 100;
        from += width;
        return <rect key={part} data-part={part} x={from - width} width={width} height="8" />;
      })}
    </svg>
  );
}
