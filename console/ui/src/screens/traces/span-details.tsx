import { Link } from "wouter";
import type { SpanView, TraceView } from "../../../../api/traces.ts";
import { Duration, formatDuration, formatTime, Icon, KeyValue, Share } from "../../elements/index.ts";
import { ModuleOrNone } from "./module-times.tsx";
import { Outcome } from "./outcome.tsx";

/** What is known of one span. */
export function SpanDetails({
  trace,
  span,
  onClose,
}: {
  readonly trace: TraceView;
  readonly span: SpanView;
  readonly onClose: () => void;
}) {
  const part = trace.parts[span.part];
  const isRoot = part?.root === span.key;
  const repeated = trace.repeated.filter(({ parent }) => parent === span.key);
  const others = isRoot ? `/traces?${new URLSearchParams({ name: span.name })}` : null;
  return (
    <section className="span-details" aria-label="The chosen span">
      <div className="span-details-head">
        <h3>{span.name}</h3>
        <button type="button" className="button quiet icon-only" onClick={onClose}>
          <Icon name="close" />
          <span className="unseen">Close</span>
        </button>
      </div>
      <KeyValue
        items={[
          { key: "Outcome", value: <Outcome {...span} /> },
          { key: "Module", value: <ModuleOrNone name={span.module} /> },
          { key: "Kind", value: span.kind },
          {
            key: "Took",
            value: (
              <>
                <Duration ms={span.durationMs} /> (<Share of={shareOf(span.durationMs, trace.durationMs)} />{" "}
                of the trace)
              </>
            ),
          },
          { key: "Itself", value: <>{formatDuration(span.ownMs)}, without what is inside it</> },
          {
            key: "Began",
            value: `${formatDuration(span.offsetMs)} after the trace, at ${formatTime(trace.startedAt + span.offsetMs)}`,
          },
          ...repeated.map(({ name, count, totalMs }) => ({
            key: "N+1",
            value: (
              <>
                <code>{name}</code> {count} times, {formatDuration(totalMs)}
              </>
            ),
          })),
          ...(isRoot && part.job !== null
            ? [{ key: "Job", value: <Link href={part.job}>its state and attempts</Link> }]
            : []),
          ...(others === null
            ? []
            : [{ key: "Others", value: <Link href={others}>kept traces of the same name</Link> }]),
        ]}
      />
    </section>
  );
}

function shareOf(ms: number, of: number): number {
  return of > 0 ? Math.min(1, ms / of) : 1;
}
