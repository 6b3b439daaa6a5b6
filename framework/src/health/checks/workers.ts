import { WORKER_DEFAULTS } from "../../jobs/index.ts";
import { SYSTEM_SCHEMA } from "../../postgres/index.ts";
import type { DatabaseCheck } from "../firing-check.ts";
import type { LookSession } from "../look-session.ts";

interface WorkerRow {
  readonly id: number;
  readonly host: string;
  readonly pid: number;
  readonly ageMs: number;
  readonly silentMs: number;
}

export function workerSilent(): DatabaseCheck {
  // Half a lease: well above a late heartbeat, and before the others take its jobs and its row away.
  const limitMs = WORKER_DEFAULTS.leaseMs / 2;
  return {
    id: "worker-silent",
    holds: "Every worker shows signs of life",
    of: "database",
    patience: { bad: 1, of: 3 },
    async look(session) {
      const workers = await workersOf(session);
      return workers
        .filter(({ silentMs }) => silentMs >= limitMs)
        .map(({ id, host, pid, silentMs }) => ({
          subject: `worker ${id}`,
          severity: "error" as const,
          title: `Worker ${id} is silent`,
          evidence: [
            `process ${pid} on ${host} was heard last ${Math.round(silentMs / 1000)} s ago`,
            `after ${WORKER_DEFAULTS.leaseMs / 1000} s others take its jobs, if there are others`,
            `${workers.length - 1} other ${workers.length === 2 ? "worker is" : "workers are"} known`,
          ],
          module: null,
          actions: [
            {
              does: "See whether the process is gone or hangs",
              command: `ps -o pid,stat,etime,args -p ${pid}`,
            },
            { does: "Restart the instance; its jobs come back by themselves" },
          ],
        }));
    },
  };
}

const JUST_MS = 60_000;

export function deployInProgress(): DatabaseCheck {
  return {
    id: "deploy-in-progress",
    holds: "No instance was started beside others within the last minute",
    of: "database",
    patience: { bad: 1, of: 2 },
    async look(session) {
      const running = await runningInstances(session);
      const young = running.filter(({ ageMs }) => ageMs < JUST_MS);
      const old = running.filter(({ ageMs }) => ageMs >= JUST_MS);
      if (young.length === 0 || old.length === 0) return [];
      return [
        {
          subject: "",
          severity: "note" as const,
          title: "Instances are being replaced or added",
          evidence: [
            `${young.length} started within the last minute: ${inWords(young)}`,
            `beside ${old.length} that ${old.length === 1 ? "was" : "were"} there before: ${inWords(old)}`,
          ],
          module: null,
          actions: [
            { does: "Let it end before you judge what else fires, or roll it back if that began with it" },
          ],
        },
      ];
    },
  };
}

interface InstanceRow {
  readonly release: string | null;
  readonly host: string;
  readonly pid: number;
  readonly ageMs: number;
}

/** By their heartbeat, which comes every half minute. */
async function runningInstances(session: LookSession): Promise<InstanceRow[]> {
  return await session.rowsOfModule<InstanceRow>(
    SYSTEM_SCHEMA,
    `select release, host, pid, extract(epoch from clock_timestamp() - started_at)::float8 * 1000 as "ageMs"
     from ${SYSTEM_SCHEMA}.instances
     where stopped_at is null and seen_at >= clock_timestamp() - interval '90 seconds' order by started_at limit 200`,
  );
}

async function workersOf(session: LookSession): Promise<WorkerRow[]> {
  return await session.rowsOfModule<WorkerRow>(
    SYSTEM_SCHEMA,
    `select id, host, pid, extract(epoch from clock_timestamp() - started_at)::float8 * 1000 as "ageMs",
       extract(epoch from clock_timestamp() - seen_at)::float8 * 1000 as "silentMs"
     from ${SYSTEM_SCHEMA}.workers order by id limit 200`,
  );
}

function inWords(instances: readonly InstanceRow[]): string {
  return instances
    .slice(0, 5)
    .map(
      ({ release, host, pid }) =>
        `${release === null ? "" : `release ${release}, `}process ${pid} on ${host}`,
    )
    .join("; ");
}
