import { Link } from "wouter";
import type { SpanView, TraceView } from "../../../../api/traces.ts";
import { countOf, formatDuration, Severity, useFilters } from "../../elements/index.ts";

const MOST_FAILURES = 5;

/** What somebody who looks at a trace most likely looks for: what failed, and what was done too often. */
export function TraceFindings({ trace }: { readonly trace: TraceView }) {
  const filters = useFilters();
  const { failures, others } = causes(trace.spans);
  if (failures.length === 0 && trace.repeated.length === 0 && !trace.isPartial && !trace.hasMoreParts) {
    return null;
  }
  const at = (key: string) => `/traces/${trace.traceId}?${filters.with({ span: key, view: null })}`;
  return (
    <ul className="trace-findings">
      {failures.map((span) => (
        <li key={span.key} data-severity="error">
          <Severity of="error" word="failed" />
          <span>
            <Link href={at(span.key)}>{span.name}</Link>
            {span.module !== null && <> of {span.module}</>} with <code>{span.error ?? "an error"}</code>
            {span.parent !== null && <> after {formatDuration(span.offsetMs + span.durationMs)}</>}
          </span>
        </li>
      ))}
      {others > 0 && (
        <li data-severity="error">
          <Severity of="error" word="failed" />
          <span>{countOf(others, "further span")}; they are marked below</span>
        </li>
      )}
      {trace.repeated.map((repeated) => (
        <li key={`${repeated.parent} ${repeated.name}`} data-severity="warning">
          <Severity of="warning" word="N+1" />
          <span>
            <code>{repeated.name}</code> ran {repeated.count} times under{" "}
            <Link href={at(repeated.parent)}>{repeated.parentName}</Link>, {formatDuration(repeated.totalMs)}{" "}
            together
          </span>
        </li>
      ))}
      {trace.isPartial && (
        <li data-severity="note">
          <Severity of="note" word="in part" />
          <span>
            {countOf(trace.spans.length, "span")} of {trace.spanCount} are shown; the others were not kept
          </span>
        </li>
      )}
      {trace.hasMoreParts && (
        <li data-severity="note">
          <Severity of="note" word="in part" />
          <span>The first {trace.parts.length} parts are shown; more jobs or requests followed</span>
        </li>
      )}
    </ul>
  );
}

/** Failed spans that no failed span inside them explains. */
function causes(spans: readonly SpanView[]): { failures: readonly SpanView[]; others: number } {
  const failed = spans.filter((span) => span.failed);
  const explained = new Set(
    failed.flatMap(({ parent, part }) => (parent === null ? [] : `${part} ${parent}`)),
  );
  const innermost = failed.filter(({ key, part }) => !explained.has(`${part} ${key}`));
  const failures = innermost.slice(0, MOST_FAILURES);
  return { failures, others: innermost.length - failures.length };
}
