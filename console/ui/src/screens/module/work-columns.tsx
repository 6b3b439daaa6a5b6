import type { Work } from "../../../../api/work.ts";
import { type Column, Count, Duration, formatRate } from "../../elements/index.ts";
import { Failed } from "./failed.tsx";

/** How much, how many failed, how long: at the end of every table of things that do something. */
export function workColumns<Row extends { readonly work: Work }>(): readonly Column<Row>[] {
  return [
    { name: "count", label: "Count", align: "end", cell: ({ work }) => <Count of={work.count} /> },
    { name: "rate", label: "Rate", align: "end", cell: ({ work }) => formatRate(work.perSecond) },
    { name: "failed", label: "Failed", align: "end", cell: ({ work }) => <Failed work={work} /> },
    { name: "p50", label: "p50", align: "end", cell: ({ work }) => <Duration ms={work.p50Ms} /> },
    { name: "p99", label: "p99", align: "end", cell: ({ work }) => <Duration ms={work.p99Ms} /> },
  ];
}
