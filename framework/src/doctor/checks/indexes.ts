import { databaseCheck } from "../check.ts";
import { note, type Symptom, warning } from "../finding.ts";
import { OF_PEOPLE } from "./of-people.ts";

export const invalidIndexes = databaseCheck({
  id: "invalid-indexes",
  holds: "Every index is valid",
  async look({ rows }) {
    const found = await rows<{ index: string; table: string }>(
      `select format('%I.%I', n.nspname, c.relname) as index, i.indrelid::regclass::text as table
       from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
       where not (i.indisvalid and i.indisready) and ${OF_PEOPLE}
         and not exists (select from pg_stat_progress_create_index p where p.index_relid = i.indexrelid)
       order by 1`,
    );
    if (found.length === 0) return [];
    return [
      warning(
        "Indexes are invalid: they cost every write and serve no read",
        found.map(({ index, table }) => `${index} on ${table}`),
        "CREATE INDEX CONCURRENTLY was interrupted or found duplicates. Nobody builds them now; build anew or drop:\n" +
          found.map(({ index }) => `reindex index concurrently ${index};`).join("\n"),
      ),
    ];
  },
});

export const duplicateIndexes = databaseCheck({
  id: "duplicate-indexes",
  holds: "No index repeats another",
  async look({ rows }) {
    const found = await rows<{ table: string; index: string; kept: string; size: string; isPrefix: boolean }>(
      `with index as (
         select i.indexrelid, i.indrelid, i.indisunique, i.indisprimary, i.indnkeyatts, i.indnatts,
           string_to_array(i.indkey::text, ' ') as keys, string_to_array(i.indclass::text, ' ') as classes,
           string_to_array(i.indcollation::text, ' ') as collations, string_to_array(i.indoption::text, ' ') as options,
           c.relam, pg_get_expr(i.indpred, i.indrelid) as predicate, pg_get_expr(i.indexprs, i.indrelid) as expressions,
           exists (select from pg_constraint k where k.conindid = i.indexrelid) as backs
         from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
         where i.indisvalid and ${OF_PEOPLE} and not i.indisexclusion
           and not exists (select from pg_inherits p where p.inhrelid = i.indexrelid)
       )
       select b.indrelid::regclass::text as table, b.indexrelid::regclass::text as index, a.indexrelid::regclass::text as kept,
         pg_size_pretty(pg_relation_size(b.indexrelid)) as size, a.keys <> b.keys as "isPrefix"
       from index a join index b on a.indrelid = b.indrelid and a.indexrelid <> b.indexrelid and a.relam = b.relam
         and a.predicate is not distinct from b.predicate
       where not b.backs and not b.indisprimary
         and case when a.keys = b.keys and a.indnkeyatts = b.indnkeyatts then
             a.expressions is not distinct from b.expressions and a.classes = b.classes and a.collations = b.collations
             and a.options = b.options
             and (a.indisunique or not b.indisunique)
             -- Of two alike one is kept: what backs a constraint, what is unique, the older.
             and (a.backs or (a.indisunique and not b.indisunique) or a.indexrelid < b.indexrelid)
           else not b.indisunique and b.expressions is null and a.expressions is null and b.indnatts = b.indnkeyatts
             and a.indnkeyatts > b.indnkeyatts and a.relam = (select oid from pg_am where amname = 'btree')
             and a.keys[:b.indnkeyatts] = b.keys and a.classes[:b.indnkeyatts] = b.classes
             and a.collations[:b.indnkeyatts] = b.collations and a.options[:b.indnkeyatts] = b.options
           end
       order by 5, 1, 2, 3`,
    );
    const symptoms: Symptom[] = [];
    const drop = (list: typeof found) =>
      [...new Set(list.map(({ index }) => index))]
        .map((index) => `drop index concurrently ${index};`)
        .join("\n");
    const twins = found.filter(({ isPrefix }) => !isPrefix);
    if (twins.length > 0) {
      symptoms.push(
        warning(
          "Indexes are there twice",
          twins.map(({ index, kept, size }) => `${index} repeats ${kept} (${size})`),
          `Every write pays for both. In a migration that begins with \`-- ashlar: no transaction\`:\n${drop(twins)}`,
        ),
      );
    }
    const prefixes = found.filter(
      ({ isPrefix, index }) => isPrefix && !twins.some((twin) => twin.index === index),
    );
    if (prefixes.length > 0) {
      symptoms.push(
        note(
          "Indexes are the beginning of longer ones",
          prefixes.map(({ index, kept, size }) => `${index} begins ${kept} (${size})`),
          `The longer one mostly serves as well; a much smaller one can still be worth its writes. If not:\n${drop(prefixes)}`,
        ),
      );
    }
    return symptoms;
  },
});
