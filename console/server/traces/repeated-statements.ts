import type { RepeatedStatement, SpanView } from "../../api/traces.ts";

/** So often under one parent, and a statement is worth a look. */
export const REPEATED = 5;

/** The same statement at least `REPEATED` times under one parent, those that took the most time first. */
export function repeatedStatements(spans: readonly SpanView[]): RepeatedStatement[] {
  const byKey = new Map(spans.map((span) => [span.key, span]));
  const found = new Map<string, { parent: SpanView; first: SpanView; count: number; totalMs: number }>();
  for (const span of spans) {
    const parent = span.kind === "statement" && span.parent !== null ? byKey.get(span.parent) : undefined;
    if (parent === undefined) continue;
    const key = JSON.stringify([parent.key, span.module, span.name]);
    const known = found.get(key);
    if (known === undefined) found.set(key, { parent, first: span, count: 1, totalMs: span.durationMs });
    else {
      known.count++;
      known.totalMs += span.durationMs;
    }
  }
  return [...found.values()]
    .filter(({ count }) => count >= REPEATED)
    .sort((a, b) => b.totalMs - a.totalMs)
    .map(({ parent, first, count, totalMs }) => ({
      parent: parent.key,
      parentName: parent.name,
      module: first.module,
      name: first.name,
      count,
      totalMs,
    }));
}

/** Of one row's packed spans in SQL: how often the most repeated statement ran; 0 when none did so often. */
export function repeatsSql(row: string): string {
  return `case when ${row}.statement_count < ${REPEATED} then 0 else coalesce((
      select max(times)::integer from (
        select count(*) as times from jsonb_array_elements(${row}.spans) as span
        where span ->> 2 = 'statement' group by span -> 1, span -> 3, span -> 4
        having count(*) >= ${REPEATED}
      ) as repeated
    ), 0) end`;
}
