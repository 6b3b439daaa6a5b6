import { moduleOf } from "@ashlar/graph";
import { statement } from "ashlar/postgres";
import type { MapEdgeKind } from "../../api/map.ts";
import type { Ground } from "../ground.ts";

/** What one module was seen to do with another. Of an event, `from` is the publisher, as in the picture. */
export interface ObservedPair {
  readonly kind: MapEdgeKind;
  readonly from: string;
  readonly to: string;
  /** Of an operation, a view or an event. */
  readonly id: string;
  readonly seenAt: number;
}

/** By pairs of modules, for whose doing it was is of no interest here. */
export async function observedPairs(ground: Ground, deadline: number): Promise<ObservedPair[]> {
  const { rows } = await ground.execute<{ kind: string; module: string; id: string; at: Date }>(
    statement`
      select o.kind, split_part(o.from_id, '.', 1) as module, o.to_id as id, max(o.last_at) as at
      from ashlar.observed_edges o group by 1, 2, 3 order by 1, 2, 3`,
    deadline,
  );
  return rows.map(({ kind, module, id, at }) => {
    const needed = moduleOf(id);
    const seenAt = at.getTime();
    return kind === "delivery"
      ? { kind: "event", from: needed, to: module, id, seenAt }
      : { kind: kind === "read" ? "read" : "call", from: module, to: needed, id, seenAt };
  });
}
