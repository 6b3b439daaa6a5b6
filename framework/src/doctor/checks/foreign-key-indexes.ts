import { databaseCheck } from "../check.ts";
import { warning } from "../finding.ts";
import { OF_PEOPLE } from "./of-people.ts";

export const foreignKeyIndexes = databaseCheck({
  id: "foreign-key-indexes",
  holds: "Every foreign key has an index on its columns",
  async look({ rows }) {
    const found = await rows<{
      key: string;
      table: string;
      columns: string;
      target: string;
      rows: string;
      isPartitioned: boolean;
      index: string;
    }>(
      `select k.conname as key, format('%I.%I', n.nspname, c.relname) as table, k.confrelid::regclass::text as target,
         greatest(c.reltuples, 0)::bigint::text as rows,
         (select string_agg(quote_ident(a.attname), ', ' order by part.ordinality)
          from unnest(k.conkey) with ordinality as part (attnum, ordinality)
          join pg_attribute a on a.attrelid = k.conrelid and a.attnum = part.attnum) as columns,
         c.relkind = 'p' as "isPartitioned",
         quote_ident(left(regexp_replace(k.conname, '_fkey[0-9]*$', ''), 59) || '_idx') as index
       from pg_constraint k
       join pg_class c on c.oid = k.conrelid
       join pg_namespace n on n.oid = c.relnamespace
       where k.contype = 'f' and k.conparentid = 0 and ${OF_PEOPLE}
         and not exists (
           select from pg_index i
           where i.indrelid = k.conrelid and i.indisvalid and i.indnkeyatts >= cardinality(k.conkey)
             -- One of some rows helps if those are all that point anywhere.
             and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) in (
               select format('(%I IS NOT NULL)', a.attname) from pg_attribute a
               where a.attrelid = k.conrelid and a.attnum = any (k.conkey)))
             and (select array_agg(key order by key) from unnest((i.indkey::smallint[])[0:cardinality(k.conkey) - 1]) as key)
               = (select array_agg(key order by key) from unnest(k.conkey) as key))
       order by c.reltuples desc, 2, 1`,
    );
    if (found.length === 0) return [];
    return [
      warning(
        "Foreign keys have no index on their columns",
        found.map(
          ({ table, columns, target, rows: count, key }) =>
            `${table} (${columns}) → ${target}, about ${count} rows (${key})`,
        ),
        "Deleting from the other table, or changing its key, reads all of this one each time and holds locks meanwhile. " +
          "In a migration that begins with `-- ashlar: no transaction`:\n" +
          found
            .map(
              ({ table, columns, isPartitioned, index }) =>
                // Of a partitioned table PostgreSQL builds none concurrently.
                `create index ${isPartitioned ? "" : "concurrently "}${index} on ${table} (${columns});`,
            )
            .join("\n"),
      ),
    ];
  },
});
