import { isFullOfDeadRows, VACUUM_DUE } from "ashlar/health";
import { SYSTEM_SCHEMA } from "ashlar/postgres";
import type { DatabaseTables, TableSort, TableView } from "../../api/database.ts";
import type { Ground } from "../ground.ts";
import { asking, modulesOf } from "./asking.ts";

const MOST_TABLES = 100;

/** GET /database/tables. A table with partitions is one table: its rows, its bytes and its scans are theirs together. */
export async function readTables(
  ground: Ground,
  deadline: number,
  { module, sort }: { readonly module: string | null; readonly sort: TableSort },
): Promise<DatabaseTables> {
  const ask = asking(ground, deadline);
  const schemas = module === null ? [...modulesOf(ground), SYSTEM_SCHEMA] : [module];
  const found = await ask.rows<Omit<TableView, "isBloated"> & { readonly due: number }>(
    `select n.nspname as module, root.relname as name,
       (count(*) filter (where c.oid <> root.oid))::integer as partitions,
       sum(pg_total_relation_size(c.oid))::bigint as "totalBytes",
       sum(pg_indexes_size(c.oid))::bigint as "indexBytes",
       sum(case when c.reltoastrelid <> 0 then pg_total_relation_size(c.reltoastrelid) else 0 end)::bigint as "toastBytes",
       coalesce(sum(s.n_live_tup), 0)::bigint as live, coalesce(sum(s.n_dead_tup), 0)::bigint as dead,
       sum(${VACUUM_DUE}) as due,
       (extract(epoch from max(greatest(s.last_autovacuum, s.last_vacuum))) * 1000)::bigint as "vacuumedAt",
       (extract(epoch from max(greatest(s.last_autoanalyze, s.last_analyze))) * 1000)::bigint as "analyzedAt",
       coalesce(sum(s.seq_scan), 0)::bigint as "wholeScans",
       coalesce(sum(s.seq_tup_read), 0)::bigint as "wholeScanRows",
       coalesce(sum(s.idx_scan), 0)::bigint as "indexScans",
       coalesce(max(case when c.relfrozenxid <> '0' then age(c.relfrozenxid) end), 0)::bigint as age
     from pg_class c
     join pg_class root on root.oid = coalesce(pg_partition_root(c.oid), c.oid)
     join pg_namespace n on n.oid = root.relnamespace
     left join pg_stat_all_tables s on s.relid = c.oid
     where c.relkind in ('r', 'p') and n.nspname = any ($1::text[])
     group by 1, 2`,
    [schemas],
  );
  const [database] = await ask.rows<{ bytes: number; freezeAge: number }>(
    `select pg_database_size(current_database()) as bytes,
       current_setting('autovacuum_freeze_max_age')::bigint as "freezeAge"`,
  );
  const sorted = found
    .map(({ due, ...table }): TableView => ({ ...table, isBloated: isFullOfDeadRows({ ...table, due }) }))
    .sort((one, other) => BY[sort](one, other) || BY.name(one, other));
  return {
    databaseBytes: database!.bytes,
    freezeAge: database!.freezeAge,
    sort,
    module,
    tables: sorted.slice(0, MOST_TABLES),
    areMore: sorted.length > MOST_TABLES,
  };
}

const BY: Readonly<Record<TableSort, (one: TableView, other: TableView) => number>> = {
  size: (one, other) => other.totalBytes - one.totalBytes,
  rows: (one, other) => other.live - one.live,
  dead: (one, other) => other.dead - one.dead,
  scans: (one, other) => other.wholeScanRows - one.wholeScanRows,
  age: (one, other) => other.age - one.age,
  name: (one, other) => compare(`${one.module}.${one.name}`, `${other.module}.${other.name}`),
};

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
