import type { MapEdge, MapEdgeKind } from "../../../../api/map.ts";
import { amountOfEdge, failedWords, furtherWork, type Measure, wordsOf } from "./measure.ts";

export const EDGE_KINDS: Readonly<Record<MapEdgeKind, string>> = {
  call: "calls",
  event: "events",
  read: "reads views",
};

/** `ordering calls catalog`, `billing publishes to ordering`. */
export function edgeTitle({ kind, from, to }: MapEdge): string {
  if (kind === "call") return `${from} calls ${to}`;
  return kind === "event" ? `${from} publishes to ${to}` : `${from} reads views of ${to}`;
}

/** How declaration and observation agree. */
export function edgeState({ isDeclared, isObserved }: MapEdge): string {
  if (!isDeclared) return "seen, but not declared any more";
  return isObserved ? "declared and seen" : "declared, not seen within 30 days";
}

/** What stands on the line: what was chosen, and below it what failed. */
export function edgeLines(edge: MapEdge, measure: Measure): string[] {
  if (edge.work === null) return ["views"];
  const shown = measure === "database" ? "rate" : measure;
  const first = wordsOf(amountOfEdge(edge, shown), shown);
  const { errorShare } = edge.work;
  return errorShare > 0 && measure !== "errors" ? [first, failedWords(errorShare)] : [first];
}

/** All of it, for who listens, with what is to be seen word by word: who speaks to the page says that. */
export function spokenEdge(edge: MapEdge, measure: Measure): string {
  const seen = `${edgeTitle(edge)}: ${edgeLines(edge, measure).join(" ")}`;
  return [seen, ...(edge.work === null ? [] : furtherWork(edge.work)), edgeState(edge)].join(", ");
}

/** The page that tells more of it: of the caller, or of the subscriber. */
export function edgeHref({ kind, from, to }: MapEdge): string {
  return kind === "event"
    ? `/modules/${encodeURIComponent(to)}?tab=events`
    : `/modules/${encodeURIComponent(from)}?tab=neighbours`;
}

export function lastSeen({ members }: MapEdge): number | null {
  const seen = members.flatMap(({ seenAt }) => (seenAt === null ? [] : [seenAt]));
  return seen.length === 0 ? null : Math.max(...seen);
}
