import type { ActivityKind } from "ashlar/module";
import type pg from "pg";

/** What was done under one name in one minute, by all instances. */
export interface Noted {
  readonly kind: ActivityKind;
  readonly module: string;
  /** Without one it is all of the kind, of which `module` is empty too. */
  readonly name: string;
  /** Milliseconds of the epoch. */
  readonly minute: number;
  readonly count: number;
  readonly failed: number;
  readonly totalMs: number;
  /** By the buckets of DurationHistogram. */
  readonly firstBucket: number;
  readonly buckets: readonly number[];
}

const HOUR_MS = 3_600_000;
const BUCKETS = 100;

/** Notes it as instances do: by name and for the module as a whole, by the minute and by the hour. */
export async function noteActivity(client: pg.Client, noted: readonly Noted[]): Promise<void> {
  const named = noted.flatMap((each) => (each.name === "" ? [each] : [each, { ...each, name: "" }]));
  await add(client, "activity", "minute", named);
  await add(
    client,
    "activity_hours",
    "hour",
    named.map((each) => ({ ...each, minute: Math.floor(each.minute / HOUR_MS) * HOUR_MS })),
  );
}

async function add(client: pg.Client, table: string, period: string, noted: readonly Noted[]): Promise<void> {
  const sums = Map.groupBy(noted, ({ kind, module, minute, name }) => `${kind} ${module} ${minute} ${name}`);
  const rows = [...sums.values()].map((all) => {
    const { kind, module, minute, name } = all[0]!;
    const sum = (of: (each: Noted) => number) => all.reduce((total, each) => total + of(each), 0);
    return {
      ...{ kind, module, name, minute },
      count: sum(({ count }) => count),
      failed: sum(({ failed }) => failed),
      total_ms: sum(({ totalMs }) => totalMs),
      buckets: Array.from({ length: BUCKETS }, (_, bucket) =>
        sum(({ firstBucket, buckets }) => buckets[bucket - firstBucket] ?? 0),
      ),
    };
  });
  await client.query(
    `insert into ashlar.${table} as a (kind, module, ${period}, name, count, failed, total_ms, first_bucket, buckets)
     select kind, module, to_timestamp(minute / 1000), name, count, failed, total_ms, 0, buckets
     from jsonb_to_recordset($1::jsonb) as r (kind text, module text, name text, minute float8, count integer, failed integer,
       total_ms float8, buckets integer[])
     on conflict (kind, module, ${period}, name) do update set count = a.count + excluded.count,
       failed = a.failed + excluded.failed, total_ms = a.total_ms + excluded.total_ms, first_bucket = 0,
       buckets = (select array_agg(coalesce(a.buckets[b - a.first_bucket], 0) + excluded.buckets[b] order by b)
         from generate_series(1, ${BUCKETS}) b)`,
    [JSON.stringify(rows)],
  );
}
