import type { Aim } from "../aims.ts";
import { type Cluster, startCluster } from "../cluster.ts";
import type { Row } from "../harness.ts";
import { ashlarIn } from "../queue/ashlar.ts";
import { BACKLOG_ROW, type Backlog, backlogName, backlogRow, CLAIM_UNIT, topUp } from "../queue/backlog.ts";
import { type Benched, bench } from "../queue/benched.ts";
import { bullMqDurable } from "../queue/bullmq.ts";
import { CRASH_ROW, CRASH_UNITS, crashRow } from "../queue/crash.ts";
import { IDLE_ROW, idleRow } from "../queue/idle.ts";
import { OWN_PICK_UP_ROW, ownPickUpRow, PICK_UP_ROW, pickUpRow } from "../queue/pick-up.ts";
import {
  INSERT_ROW,
  insertRow,
  ORDER_ROW,
  orderRow,
  PUBLISH_UNIT,
  preparePublishing,
  WITHOUT,
} from "../queue/publish.ts";
import { systems } from "../queue/systems.ts";
import {
  BESIDE_OLD_UNIT,
  DRAIN_ROW,
  drainRow,
  ENQUEUE_MANY_ROW,
  ENQUEUE_ROW,
  enqueueManyRow,
  enqueueRow,
} from "../queue/throughput.ts";
import type { Session } from "../table.ts";

interface Size {
  readonly rounds: number;
  readonly enqueueMs: number;
  readonly jobs: number;
  readonly pickUpMs: number;
  readonly idleMs: number;
  readonly short: number;
  readonly long: number;
  readonly taken: number;
  readonly publishRounds: number;
  readonly publishMs: number;
  readonly crashJobs: number;
}

const FULL: Size = {
  rounds: 5,
  enqueueMs: 1_500,
  jobs: 40_000,
  pickUpMs: 2_500,
  idleMs: 6_000,
  short: 10_000,
  long: 1_000_000,
  taken: 5_000,
  publishRounds: 40,
  publishMs: 120,
  crashJobs: 20_000,
};

const QUICK: Size = {
  rounds: 1,
  enqueueMs: 200,
  jobs: 4_000,
  pickUpMs: 200,
  idleMs: 1_500,
  short: 2_000,
  long: 20_000,
  taken: 1_000,
  publishRounds: 2,
  publishMs: 120,
  crashJobs: 2_000,
};

export async function run(session: Session): Promise<void> {
  const size = session.quick ? QUICK : FULL;
  // Whether it runs is all that is asked then.
  const measure = (row: Row, rounds: number) =>
    session.measure(session.quick ? { ...row, warmUp: false } : row, rounds);
  const cluster = await startCluster(session, "as shipped");
  await cluster.admin("create extension if not exists pg_stat_statements");
  const all = await prepareSystems(session, cluster);
  const usual = all.filter(({ system }) => system !== bullMqDurable.name);

  await measure(enqueueRow(all, size.enqueueMs), size.rounds);
  await measure(enqueueManyRow(usual, size.jobs), size.rounds);
  await measure(drainRow(usual, size.jobs), size.rounds);
  await measure(pickUpRow(usual, size.pickUpMs), size.rounds);
  await measure(ownPickUpRow(usual, size.pickUpMs), size.rounds);
  await measure(idleRow(usual, size.idleMs), 1);
  // The others would be watched in vain for as long as ours may take at most.
  const killed = session.quick ? usual.filter(({ system }) => system === "ashlar") : usual;
  await measure(crashRow(session, killed, size.crashJobs), 1);
  const backlogs = await prepareBacklogs(session, cluster, size);
  await measure(backlogRow(cluster, backlogs, size.taken), size.rounds);
  const publishing = await preparePublishing(session);
  await measure(insertRow(publishing, size.publishMs), size.publishRounds);
  await measure(orderRow(publishing), size.publishRounds);
}

async function prepareSystems(session: Session, cluster: Cluster): Promise<Benched[]> {
  const all: Benched[] = [];
  for (const system of systems) {
    const why = await system.missing();
    if (why === null) all.push(await bench(session, cluster, system));
    else process.stderr.write(`left out: ${system.name}, because ${why}\n`);
  }
  return all;
}

async function prepareBacklogs(session: Session, cluster: Cluster, size: Size): Promise<Backlog[]> {
  const backlogs: Backlog[] = [];
  for (const pending of [size.short, size.long]) {
    const database = `ashlar_${pending}`;
    backlogs.push({ database, pending, benched: await bench(session, cluster, ashlarIn(database)) });
  }
  for (const backlog of backlogs) {
    await topUp(backlog);
    await backlog.benched.storage.tidy();
  }
  return backlogs;
}

const ofOurs = (row: string, unit: string, bounds: Partial<Aim>): Aim => ({
  row,
  system: "ashlar",
  unit,
  ...bounds,
});

/** What issue 3 asks for. */
export const aims: readonly Aim[] = [
  ofOurs(ENQUEUE_ROW, "jobs/s", { timesThatOf: "graphile-worker", atLeast: 5 }),
  ofOurs(ENQUEUE_ROW, "jobs/s", { timesThatOf: "pg-boss", atLeast: 5 }),
  ofOurs(ENQUEUE_MANY_ROW, "jobs/s", { timesThatOf: "graphile-worker", atLeast: 2 }),
  ofOurs(ENQUEUE_MANY_ROW, "jobs/s", { timesThatOf: "pg-boss", atLeast: 2 }),
  ofOurs(DRAIN_ROW, "jobs/s", { timesThatOf: "graphile-worker", atLeast: 2 }),
  ofOurs(DRAIN_ROW, "jobs/s", { timesThatOf: "pg-boss", atLeast: 3.5 }),
  ofOurs(DRAIN_ROW, BESIDE_OLD_UNIT, { atLeast: 0.85 }),
  ofOurs(PICK_UP_ROW, "p50 ms", { atMost: 2.5 }),
  ofOurs(PICK_UP_ROW, "p99 ms", { atMost: 15 }),
  ofOurs(OWN_PICK_UP_ROW, "p50 ms", { atMost: 1.5 }),
  ofOurs(IDLE_ROW, "queries/s", { atMost: 2 }),
  ofOurs(IDLE_ROW, "connections", { atMost: 4 }),
  ofOurs(CRASH_ROW, CRASH_UNITS.notDone, { atMost: 0 }),
  ofOurs(CRASH_ROW, CRASH_UNITS.seconds, { atMost: 20 }),
  {
    row: BACKLOG_ROW,
    system: backlogName(FULL.long),
    unit: CLAIM_UNIT,
    timesThatOf: backlogName(FULL.short),
    atMost: 1.3,
  },
  ofOurs(INSERT_ROW, PUBLISH_UNIT, { timesThatOf: WITHOUT, atMost: 1.25 }),
  ofOurs(ORDER_ROW, PUBLISH_UNIT, { timesThatOf: WITHOUT, atMost: 1.25 }),
];
