import { databaseCheck } from "../check.ts";
import { error, warning } from "../finding.ts";

const SLOT_ERROR_BYTES = 10 * 1024 ** 3;

export const replicationSlots = databaseCheck({
  id: "replication-slots",
  holds: "No replication slot keeps WAL for nobody",
  async look({ rows }) {
    const found = await rows<{
      slot: string;
      type: string;
      bytes: string | null;
      pretty: string;
      status: string | null;
    }>(
      `select slot_name as slot, slot_type as type, wal_status as status,
         pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint as bytes,
         pg_size_pretty(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)) as pretty
       from pg_replication_slots where not active and restart_lsn is not null and not pg_is_in_recovery()
       order by 4 desc nulls last`,
    );
    if (found.length === 0) return [];
    const evidence = found.map(
      ({ slot, type, pretty, status }) =>
        `${slot} (${type}): nobody reads it, ${pretty} of WAL kept, status ${status}`,
    );
    const remedy =
      "The disk fills up until its reader comes back. If it never will:\n" +
      found.map(({ slot }) => `select pg_drop_replication_slot('${slot}');`).join("\n") +
      "\nAnd for the next time: alter system set max_slot_wal_keep_size = '10GB'; select pg_reload_conf();";
    return [
      found.some(({ bytes }) => Number(bytes) > SLOT_ERROR_BYTES)
        ? error("A replication slot fills the disk", evidence, remedy)
        : warning("A replication slot keeps WAL for nobody", evidence, remedy),
    ];
  },
});
