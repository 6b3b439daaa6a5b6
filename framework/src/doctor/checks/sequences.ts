import { databaseCheck } from "../check.ts";
import type { Database } from "../database.ts";
import { error, warning } from "../finding.ts";

export const sequences = databaseCheck({
  id: "sequences",
  holds: "No sequence is half used up",
  async look(database) {
    const found = await usedSequences(database);
    if (found.length === 0) return [];
    const evidence = found.map(
      ({ sequence, type, percent, last, column }) =>
        `${sequence} (${type}) is at ${last}, ${percent} % of its range${column === null ? "" : `; feeds ${column}`}`,
    );
    const remedy =
      "When it is used up every insert fails. Widen the column before, in steps that keep the app running (a new bigint " +
      "column, filled in batches, then exchanged), and the sequence: alter sequence … as bigint;";
    return [
      found.some(({ percent }) => percent >= 90)
        ? error("A sequence is nearly used up", evidence, remedy)
        : warning("A sequence is half used up", evidence, remedy),
    ];
  },
});

interface UsedSequence {
  readonly sequence: string;
  readonly type: string;
  readonly last: string;
  readonly percent: number;
  readonly column: string | null;
}

/** Each is read as its owner: an administrator who is no superuser sees no others' last values. */
async function usedSequences({ rows, rowsAs }: Database): Promise<UsedSequence[]> {
  const owners = await rows<{ owner: string }>(
    `select distinct pg_get_userbyid(c.relowner) as owner from pg_class c
     where c.relkind = 'S' and c.oid >= 16384 and pg_has_role(current_user, c.relowner, 'SET') order by 1`,
  );
  const found: UsedSequence[] = [];
  for (const { owner } of owners) {
    found.push(
      ...(await rowsAs<UsedSequence>(
        owner,
        `select format('%I.%I', v.schemaname, v.sequencename) as sequence, v.data_type::text as type,
           v.last_value::text as last,
           floor(100 * (v.last_value::numeric - v.min_value) / (v.max_value::numeric - v.min_value))::integer as percent,
           (select d.refobjid::regclass::text || '.' || a.attname from pg_depend d
            join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
            where d.classid = 'pg_class'::regclass and d.objid = format('%I.%I', v.schemaname, v.sequencename)::regclass
              and d.deptype in ('a', 'i') limit 1) as column
         from pg_sequences v
         where v.sequenceowner = $1 and not v.cycle and v.increment_by > 0
           and v.last_value::numeric - v.min_value >= (v.max_value::numeric - v.min_value) / 2
         order by 1`,
        [owner],
      )),
    );
  }
  return found;
}
