import { Link } from "wouter";
import type { EventView, OutboxView, RecentEventsView } from "../../../../api/events.ts";
import { useShown } from "../../api/index.ts";
import {
  Ago,
  Bytes,
  ChoiceFilter,
  Code,
  type Column,
  Empty,
  Filters,
  formatCount,
  Module,
  Pager,
  Panel,
  Table,
  useFilters,
  Whole,
} from "../../elements/index.ts";

const PAGE = 50;

const COLUMNS: readonly Column<EventView>[] = [
  { name: "time", label: "Published", cell: ({ publishedAt }) => <Ago at={publishedAt} /> },
  {
    name: "event",
    label: "Event",
    cell: ({ publisher, event, version }) => (
      <span className="job-kind">
        <Module name={publisher} />
        <span>{event.slice(publisher.length + 1)}</span>
        {version > 1 && <span className="quiet-text">version {version}</span>}
      </span>
    ),
  },
  {
    name: "key",
    label: "Key",
    cell: ({ key }) =>
      key === null ? <span className="nothing">–</span> : <code className="event-key">{key}</code>,
  },
  { name: "payload", label: "Payload", isWide: true, cell: (event) => <Payload of={event} /> },
  {
    name: "trace",
    label: "Trace",
    cell: ({ traceId }) =>
      traceId === null ? (
        <span className="nothing">–</span>
      ) : (
        <Link href={`/traces/${traceId}`}>{traceId.slice(0, 8)}</Link>
      ),
  },
];

/** What was handed over lately, with its payload. */
export function RecentEvents({ outboxes }: { readonly outboxes: readonly OutboxView[] }) {
  const filters = useFilters();
  const publisher = filters.get("publisher");
  const query = new URLSearchParams();
  for (const name of ["publisher", "event"]) if (filters.get(name)) query.set(name, filters.get(name) ?? "");
  const place = filters.get("before");
  if (place !== null) query.set("after", place);
  const page = useShown<RecentEventsView>(query.size === 0 ? "/events/recent" : `/events/recent?${query}`);
  const offered = outboxes.filter((each) => publisher === null || each.publisher === publisher);
  const href = (before: string | null) => `/events?${filters.with({ before })}`;
  return (
    <Panel title="Recent events">
      <Filters label="Which events">
        <ChoiceFilter name="publisher" label="Publisher" choices={outboxes.map((each) => each.publisher)} />
        <ChoiceFilter name="event" label="Event" choices={offered.flatMap(({ events }) => events)} />
      </Filters>
      <Whole of={page}>
        {({ events, next, lookedAt }) => (
          <div className="event-list">
            <Table
              caption="Recent events"
              columns={COLUMNS}
              rows={events}
              rowKey={(event) => `${event.publisher}.${event.id}`}
              empty={
                next === null ? (
                  <Empty title="No event" hint="Events are kept for some days, for replays." />
                ) : (
                  <Empty
                    title={`None of these ${formatCount(lookedAt)} events matches`}
                    hint="There are more to look at."
                  />
                )
              }
            />
            {next !== null && events.length < PAGE ? (
              <p className="look-further">
                <span>Looked at {formatCount(lookedAt)} events for this page.</span>
                <Link className="button" href={href(next)}>
                  Look further
                </Link>
              </p>
            ) : (
              <Pager newest={place === null ? null : href(null)} older={next === null ? null : href(next)} />
            )}
          </div>
        )}
      </Whole>
    </Panel>
  );
}

function Payload({ of: { event, id, payload, payloadBytes } }: { readonly of: EventView }) {
  if (payload === null && payloadBytes > 4) {
    return (
      <span className="quiet-text">
        <Bytes of={payloadBytes} />, too large to be listed
      </span>
    );
  }
  return (
    <details className="payload">
      <summary>
        <code>{JSON.stringify(payload)}</code>
      </summary>
      <Code text={JSON.stringify(payload, null, 2)} label={`Payload of ${event} ${id}`} />
    </details>
  );
}
