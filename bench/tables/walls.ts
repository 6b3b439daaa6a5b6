import { fileURLToPath } from "node:url";
import { type ConnectionAddress, type DatabaseModel, prepareDatabase } from "ashlar/postgres";
import { type Child, startChild } from "../child.ts";
import type { WallTask } from "../clients/wall-client.ts";
import type { LoopResult } from "../closed-loop.ts";
import { type Cluster, startCluster } from "../cluster.ts";
import type { Reading } from "../harness.ts";
import { pinToOneCore } from "../pin.ts";
import type { Session } from "../table.ts";
import { startWireCounter, type WireCounter } from "../wire-count.ts";

const CLIENT = new URL("../clients/wall-client.ts", import.meta.url);
const MODULES = ["ordering", "billing"];
const SYSTEMS = ["ashlar", "baseline", "pg"] as const;
const CLIENTS = 16;
const COUNTED = 100;
/** Short, so that a system and its baseline see the same machine even while others use it. */
const SLICE_MS = 120;

export async function run(session: Session): Promise<void> {
  const cluster = await startCluster(session, "quiet");
  pinToOneCore(cluster.pid);
  const { walled, open } = await prepare(cluster);
  const counter = await startWireCounter(cluster.port);
  session.atEnd(counter.stop);
  const start = (system: string, port: number) => {
    const address = { ...(system === "ashlar" ? walled : open), port };
    const child = startChild(CLIENT, [system, JSON.stringify(address)]);
    session.atEnd(child.stop);
    pinToOneCore(child.pid);
    return child;
  };
  const systems = SYSTEMS.map((system) => ({
    system,
    timed: start(system, cluster.port),
    counted: start(system, counter.port),
  }));
  for (const workload of ["read", "transaction", "cross-module transaction"] as const) {
    await session.measure(
      {
        row: `${workload}, ${CLIENTS} clients, one core`,
        against: "baseline",
        contenders: systems.map(({ system, timed }) => ({
          system,
          measure: () => runWorkload(cluster, timed, { workload, clients: CLIENTS, ms: SLICE_MS }),
        })),
      },
      session.quick ? 8 : 60,
    );
    await session.measure(
      {
        row: `${workload}, messages counted`,
        against: "baseline",
        contenders: systems.map(({ system, counted }) => ({
          system,
          measure: () => countMessages(counter, counted, workload),
        })),
      },
      1,
    );
  }
}

/** Two logins to the same tables: one that must put on roles, and one that has all rights itself. */
async function prepare(cluster: Cluster): Promise<{ walled: ConnectionAddress; open: ConnectionAddress }> {
  const model: DatabaseModel = {
    app: "bench",
    modules: MODULES.map((name) => ({
      name,
      migrations: fileURLToPath(new URL(`../schemas/${name}/`, import.meta.url)),
      publishes: [],
      reads: [],
    })),
  };
  const { connection: walled } = await prepareDatabase({ adminUrl: cluster.url, model });
  await cluster.admin(`
    create role bench_open login password 'open';
    grant connect on database bench to bench_open;
    grant usage on schema ${MODULES.join(", ")} to bench_open;
    grant all on all tables in schema ${MODULES.join(", ")} to bench_open;
    grant all on all sequences in schema ${MODULES.join(", ")} to bench_open`);
  await cluster.admin("vacuum analyze");
  return { walled, open: { ...walled, user: "bench_open", password: "open" } };
}

async function runWorkload(cluster: Cluster, child: Child, task: WallTask): Promise<Reading> {
  const postgres = cluster.measureCpu();
  const { operations, elapsedMs, cpuMicros } = await child.ask<LoopResult>("run", task);
  const postgresMicros = postgres();
  return {
    "ops/s": (operations * 1000) / elapsedMs,
    ...(Number.isNaN(postgresMicros)
      ? {}
      : { "CPU µs/op (node + postgres)": (cpuMicros + postgresMicros) / operations }),
    "CPU µs/op (node)": cpuMicros / operations,
  };
}

async function countMessages(
  counter: WireCounter,
  child: Child,
  workload: WallTask["workload"],
): Promise<Reading> {
  counter.reset();
  await child.ask("repeat", { workload, operations: COUNTED });
  const { roundTrips, syncs } = counter.counts();
  return { "round trips/op": roundTrips / COUNTED, "Syncs/op": syncs / COUNTED };
}
