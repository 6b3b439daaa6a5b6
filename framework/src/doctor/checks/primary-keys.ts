import { databaseCheck } from "../check.ts";
import { warning } from "../finding.ts";
import { OF_PEOPLE } from "./of-people.ts";

export const primaryKeys = databaseCheck({
  id: "primary-keys",
  holds: "Every table has a primary key",
  async look({ rows }) {
    const found = await rows<{ table: string }>(
      `select format('%I.%I', n.nspname, c.relname) as table
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't' and ${OF_PEOPLE}
         and c.relreplident <> 'i'
         -- The framework's histories, whose rows leave by whole partitions.
         and not (starts_with(c.relname, '_') and exists (
           select from pg_class m where m.relnamespace = n.oid and m.relname = '_migrations'))
         and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)
         and not exists (
           select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
       order by 1`,
    );
    if (found.length === 0) return [];
    return [
      warning(
        "Tables have no primary key",
        found.map(({ table }) => table),
        "A row of them cannot be told from its twin, and they cannot be moved online when the module is carved out. " +
          "In a migration: alter table … add primary key (…); of a large table by way of create unique index concurrently.",
      ),
    ];
  },
});
