import type { StoredSpan } from "ashlar/module";

/** For each span by id: how much of it is in no span inside it. What its children do side by side counts once. */
export function ownTimes(spans: readonly StoredSpan[]): Map<number, number> {
  const children = new Map<number, StoredSpan[]>();
  for (const span of spans) {
    const siblings = children.get(span.parent);
    if (siblings === undefined) children.set(span.parent, [span]);
    else siblings.push(span);
  }
  return new Map(spans.map((span) => [span.id, ownTime(span, children.get(span.id) ?? [])]));
}

function ownTime(span: StoredSpan, children: StoredSpan[]): number {
  const end = span.offsetMs + span.durationMs;
  let covered = 0;
  let reached = span.offsetMs;
  for (const child of children.sort((a, b) => a.offsetMs - b.offsetMs)) {
    const from = Math.max(reached, child.offsetMs);
    const until = Math.min(end, child.offsetMs + child.durationMs);
    if (until <= from) continue;
    covered += until - from;
    reached = until;
  }
  return Math.max(0, span.durationMs - covered);
}
