import type { Sign } from "../firing.ts";
import { CannotLook, type DatabaseCheck } from "../firing-check.ts";

export interface ReplicationLimits {
  /** Bytes of WAL that somebody may be behind. Default 64 MiB. */
  readonly bytes?: number;
  /** Default 10,000. */
  readonly lagMs?: number;
}

const MIB = 1024 ** 2;
const SEVERE_BYTES = 1024 * MIB;
const SEVERE_MS = 60_000;

/** Replicas that are connected, by pg_stat_replication, and slots whose reader does not come, by the WAL they keep. */
export function replicationLag(limits: ReplicationLimits = {}): DatabaseCheck {
  const { bytes: mostBytes = 64 * MIB, lagMs: mostMs = 10_000 } = limits;
  return {
    id: "replication-lag",
    holds: "Replicas keep up",
    of: "database",
    async look(session) {
      const found = await session.rows<{
        name: string;
        isSlot: boolean;
        active: boolean;
        /** Null where it is hidden. */
        state: string | null;
        bytes: number | null;
        ms: number | null;
      }>(
        `select coalesce(nullif(application_name, ''), pid::text) as name, false as "isSlot", true as active, state,
           pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::float8 as bytes,
           extract(epoch from replay_lag)::float8 * 1000 as ms
         from pg_stat_replication where not pg_is_in_recovery()
         union all
         select slot_name::text, true, active, coalesce(wal_status, '?'),
           pg_wal_lsn_diff(pg_current_wal_lsn(), coalesce(confirmed_flush_lsn, restart_lsn))::float8, null
         from pg_replication_slots where not pg_is_in_recovery() and restart_lsn is not null
         limit 100`,
      );
      if (found.some(({ state }) => state === null)) {
        throw new CannotLook("how far replicas are is hidden: grant pg_read_all_stats to this user");
      }
      return found.flatMap(({ name, isSlot, active, state, bytes, ms }): Sign[] => {
        if ((bytes ?? 0) < mostBytes && (ms ?? 0) < mostMs) return [];
        return [
          {
            subject: `${isSlot ? "slot" : "replica"} ${name}`,
            severity: (bytes ?? 0) >= SEVERE_BYTES || (ms ?? 0) >= SEVERE_MS ? "error" : "warning",
            title: isSlot
              ? `Replication slot ${name} is ${active ? "behind" : "read by nobody and keeps WAL"}`
              : `Replica ${name} is behind`,
            evidence: [
              `${((bytes ?? 0) / MIB).toFixed(1)} MiB of WAL behind${ms === null ? "" : `, ${Math.round(ms)} ms`}, state ${state}`,
              ...(isSlot ? ["the disk of the database fills up until it is read or dropped"] : []),
            ],
            module: null,
            actions:
              isSlot && !active
                ? [
                    {
                      does: "Drop the slot, if its reader will never come back: it has to be set up anew then",
                      sql: `select pg_drop_replication_slot('${name}');`,
                    },
                  ]
                : [{ does: "See what the replica is busy with: a long query there, its disk, the network" }],
          },
        ];
      });
    },
  };
}
