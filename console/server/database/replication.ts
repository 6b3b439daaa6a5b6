import type { DatabaseReplication, ReplicaView, SlotView } from "../../api/database.ts";
import type { Ground } from "../ground.ts";
import { asking } from "./asking.ts";

const MOST = 100;

/** GET /database/replication. */
export async function readReplication(ground: Ground, deadline: number): Promise<DatabaseReplication> {
  const ask = asking(ground, deadline);
  const firing = new Set(
    ground.monitor
      .now()
      .firing.filter(({ check }) => check === "replication-lag")
      .map(({ subject }) => subject),
  );
  const replicas = await ask.rows<
    Omit<ReplicaView, "isFiring" | "state"> & { readonly state: string | null }
  >(
    `select coalesce(nullif(application_name, ''), pid::text) as name, host(client_addr) as address, state,
       coalesce(sync_state, '') as mode,
       pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end,
         replay_lsn)::float8 as "behindBytes",
       extract(epoch from replay_lag)::float8 * 1000 as "lagMs"
     from pg_stat_replication order by 1 limit ${MOST}`,
  );
  const slots = await ask.rows<Omit<SlotView, "isFiring">>(
    `select slot_name::text as name, slot_type as kind, active as "isActive",
       coalesce(pg_wal_lsn_diff(
         case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end, restart_lsn), 0)::float8
         as "keptBytes", coalesce(wal_status, 'reserved') as "walStatus"
     from pg_replication_slots order by 4 desc, 1 limit ${MOST}`,
  );
  return {
    hidden: replicas.some(({ state }) => state === null)
      ? "How far replicas are is hidden: grant pg_monitor"
      : null,
    replicas: replicas.map((each) => ({
      ...each,
      state: each.state ?? "hidden",
      isFiring: firing.has(`replica ${each.name}`),
    })),
    slots: slots.map((each) => ({ ...each, isFiring: firing.has(`slot ${each.name}`) })),
    checkpoints: await readCheckpoints(ground, deadline),
  };
}

async function readCheckpoints(
  ground: Ground,
  deadline: number,
): Promise<DatabaseReplication["checkpoints"]> {
  const ask = asking(ground, deadline);
  const [{ isNewer }] = (await ask.rows<{ isNewer: boolean }>(
    "select current_setting('server_version_num')::integer >= 170000 as \"isNewer\"",
  )) as [{ isNewer: boolean }];
  const [row] = await ask.rows<DatabaseReplication["checkpoints"]>(
    isNewer
      ? `select num_timed as timed, num_requested as requested,
           (extract(epoch from stats_reset) * 1000)::bigint as since from pg_stat_checkpointer`
      : `select checkpoints_timed as timed, checkpoints_req as requested,
           (extract(epoch from stats_reset) * 1000)::bigint as since from pg_stat_bgwriter`,
  );
  return row!;
}
