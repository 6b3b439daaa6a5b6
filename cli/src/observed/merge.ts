import type { ObservedEdge, ObservedReads } from "ashlar/module";

/** One edge of each kind between two ids: counts added up, from the first time to the last. */
export function mergeEdges(edges: readonly ObservedEdge[]): ObservedEdge[] {
  const merged = new Map<string, ObservedEdge>();
  for (const edge of edges) {
    const key = `${edge.from} ${edge.to} ${edge.kind}`;
    const known = merged.get(key);
    merged.set(
      key,
      known === undefined
        ? edge
        : {
            ...edge,
            count: known.count + edge.count,
            firstAt: known.firstAt < edge.firstAt ? known.firstAt : edge.firstAt,
            lastAt: known.lastAt > edge.lastAt ? known.lastAt : edge.lastAt,
          },
    );
  }
  return [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, edge]) => edge);
}

/** All that any of them has, of the ids that `isKnown` lets through. */
export function mergeReads(all: readonly ObservedReads[], isKnown: (id: string) => boolean): ObservedReads {
  const merged = new Map<string, Map<string, Set<string>>>();
  for (const reads of all) {
    for (const [consumer, members] of Object.entries(reads)) {
      for (const [member, paths] of Object.entries(members)) {
        if (!isKnown(consumer) || !isKnown(member)) continue;
        const ofConsumer = merged.get(consumer) ?? new Map<string, Set<string>>();
        merged.set(consumer, ofConsumer);
        ofConsumer.set(member, new Set([...(ofConsumer.get(member) ?? []), ...paths]));
      }
    }
  }
  const sorted = <Value, To>(map: ReadonlyMap<string, Value>, of: (value: Value) => To): Record<string, To> =>
    Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, of(value)]));
  return sorted(merged, (members) => sorted(members, (paths) => [...paths].sort()));
}
