import { databaseCheck } from "../check.ts";
import { error, type Symptom, warning } from "../finding.ts";

/** Of these the server stops taking writes, at 2 billion. */
const LAST_RESORT = 1_000_000_000;
/** Autovacuum comes on its own at the first; beyond this many times of it, it does not get through. */
const TOO_MANY_TIMES = 1.5;

export const transactionIds = databaseCheck({
  id: "transaction-ids",
  holds: "Transaction ids are taken back in time",
  async look({ rows }) {
    const found = await rows<{
      database: string;
      age: number;
      multi: number;
      freeze: number;
      multifreeze: number;
    }>(
      `select datname as database, age(datfrozenxid) as age, mxid_age(datminmxid) as multi,
         current_setting('autovacuum_freeze_max_age')::integer as freeze,
         current_setting('autovacuum_multixact_freeze_max_age')::integer as multifreeze
       from pg_database order by 2 desc`,
    );
    const symptoms: Symptom[] = [];
    const late = found.filter(
      ({ age, multi, freeze, multifreeze }) =>
        age > freeze * TOO_MANY_TIMES || multi > multifreeze * TOO_MANY_TIMES,
    );
    if (late.length > 0) {
      const holders = await rows<{ holder: string }>(
        `select format('process %s (%s, %s) holds %s', pid, coalesce(usename, '?'), coalesce(nullif(application_name, ''), 'no name'),
           age(backend_xmin)) as holder
         from pg_stat_activity where backend_xmin is not null and pid <> pg_backend_pid() and age(backend_xmin) > 1000000
         union all
         select format('replication slot %s holds %s', slot_name, greatest(age(xmin), age(catalog_xmin)))
         from pg_replication_slots where greatest(age(xmin), age(catalog_xmin)) > 1000000
         union all
         select format('prepared transaction %s holds %s', gid, age(transaction)) from pg_prepared_xacts`,
      );
      const evidence = [
        ...late.map(
          ({ database, age, multi, freeze }) =>
            `database ${database}: age ${age.toLocaleString("en-US")} of 2,147,483,647 (multixacts ${multi.toLocaleString("en-US")}); ` +
            `autovacuum should act at ${freeze.toLocaleString("en-US")}`,
        ),
        ...holders.map(({ holder }) => `${holder} back`),
      ];
      const remedy =
        "Find what holds vacuum back: transactions open for hours, forgotten replication slots, prepared transactions. End " +
        "them, then in that database as a superuser: vacuum (freeze, verbose);";
      symptoms.push(
        late.some(({ age, multi }) => Math.max(age, multi) > LAST_RESORT)
          ? error("The server will stop taking writes: transaction ids run out", evidence, remedy)
          : warning("Vacuum does not keep up with transaction ids", evidence, remedy),
      );
    }
    return symptoms;
  },
});
