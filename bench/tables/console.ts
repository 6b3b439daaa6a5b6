import { launchBrowser } from "../../console/test/browser/browser.ts";
import type { Aim } from "../aims.ts";
import { startChild } from "../child.ts";
import { type Cluster, startCluster, temporaryDirectory } from "../cluster.ts";
import { type Asked, asked, type Examples } from "../console/asked.ts";
import { consoleShare, dearest } from "../console/database-share.ts";
import { firstPaint } from "../console/first-paint.ts";
import { type Operator, signIn } from "../console/operator.ts";
import { seedQueues } from "../console/seed-queues.ts";
import { seedTelemetry } from "../console/seed-telemetry.ts";
import { FULL, QUICK, type Volume } from "../console/volume.ts";
import { percentile, type Reading } from "../harness.ts";
import { addBuyers } from "../shop-data.ts";
import { type ShopProcess, startShopProcess } from "../shop-process.ts";
import type { Session } from "../table.ts";
import { purchases } from "./purchase.ts";

const SYSTEM = "ashlar";
const SHARE_ROW = "three tabs open beside purchases";
const PAINT_ROW = "Now in Chromium, empty cache";
const P95 = "p95 ms";
/** Between two purchases of a client. */
const PAUSE_MS = 20;
const ANYTHING: Examples = { finishedJob: "", pendingJob: "", traceId: "", statement: "" };

export const aims: readonly Aim[] = [
  ...asked(ANYTHING).map(({ name }) => ({ row: name, system: SYSTEM, unit: P95, atMost: 300 })),
  { row: SHARE_ROW, system: SYSTEM, unit: "% of DB time", atMost: 2 },
  { row: PAINT_ROW, system: SYSTEM, unit: "first useful paint ms", atMost: 1_000 },
];

/** The console of the shop on a database that has seen a busy week. */
export async function run(session: Session): Promise<void> {
  const volume = session.quick ? QUICK : FULL;
  const cluster = await startCluster(session, "as shipped");
  const home = await temporaryDirectory(session);
  const start = () => startShopProcess({ DATABASE_URL: cluster.url, ASHLAR_DEMO: "1", ASHLAR_HOME: home });
  // The first start makes the tables; what is put into them must not be looked at half-way.
  await (await start()).stop();
  await seed(cluster, volume);
  const shop = await start();
  session.atEnd(shop.stop);
  const url = `http://127.0.0.1:${shop.port}`;
  await pagesAreThere(url);
  const operator = await signIn(url, home);

  const times = session.quick ? 5 : 50;
  for (const each of asked(await examplesOf(cluster, volume)))
    await measureAnswer(session, operator, each, times);
  await measurePaint(session, url, operator);
  await measureShare(session, { cluster, shop, operator }, session.quick ? 10_000 : 120_000);
}

async function seed(cluster: Cluster, volume: Volume): Promise<void> {
  const begunAt = performance.now();
  await cluster.admin("set synchronous_commit = off");
  await seedQueues(cluster, volume);
  await seedTelemetry(cluster, volume);
  // As autovacuum would long have done it in a week.
  await cluster.admin("vacuum (analyze)");
  await cluster.admin("checkpoint");
  const [size] = await cluster.admin("select pg_size_pretty(pg_database_size(current_database())) as size");
  const seconds = Math.round((performance.now() - begunAt) / 1000);
  process.stderr.write(`  seeded ${size!.size} in ${seconds} s\n`);
}

async function examplesOf(cluster: Cluster, volume: Volume): Promise<Examples> {
  const [row] = await cluster.admin(`
    select (select 'ordering:' || id from ordering._finished_jobs order by id offset ${volume.finishedJobs / 10} limit 1) as "finishedJob",
      (select 'billing:' || id from billing._jobs limit 1) as "pendingJob",
      (select trace_id from ashlar.traces order by span_count desc limit 1) as "traceId",
      (select query_id::text from ashlar.statement_cost where module = 'ordering' limit 1) as statement`);
  return row as unknown as Examples;
}

async function measureAnswer(session: Session, operator: Operator, { name, path }: Asked, times: number) {
  const measure = async (): Promise<Reading> => {
    const taken: number[] = [];
    for (let count = 0; count < times; count++) taken.push(await operator.ask(path));
    const sorted = taken.toSorted((one, other) => one - other);
    return { "p50 ms": percentile(sorted, 0.5), [P95]: percentile(sorted, 0.95), "max ms": sorted.at(-1)! };
  };
  await session.measure(
    { row: name, against: SYSTEM, contenders: [{ system: SYSTEM, measure }], warmUp: false },
    1,
  );
}

async function measurePaint(session: Session, url: string, operator: Operator): Promise<void> {
  const browser = await launchBrowser();
  session.atEnd(() => browser.close());
  const measure = () => firstPaint(browser, url, operator);
  await session.measure({ row: PAINT_ROW, against: SYSTEM, contenders: [{ system: SYSTEM, measure }] }, 5);
}

async function measureShare(
  session: Session,
  {
    cluster,
    shop,
    operator,
  }: { readonly cluster: Cluster; readonly shop: ShopProcess; readonly operator: Operator },
  ms: number,
): Promise<void> {
  const load = startChild(new URL("../clients/http-load.ts", import.meta.url));
  session.atEnd(load.stop);
  const data = await addBuyers(cluster, 4);
  // A shop that is busy and not overrun: its database works for a third to a half of the time of one processor.
  const task = { ...purchases(data, shop.port), clients: 4, pauseMs: PAUSE_MS };
  const measure = () => consoleShare({ cluster, operator, load, task }, ms);
  await session.measure(
    { row: SHARE_ROW, against: SYSTEM, contenders: [{ system: SYSTEM, measure }], warmUp: false },
    1,
  );
  for (const line of await dearest(cluster)) process.stderr.write(`  ${line}\n`);
}

/** The console builds them at its first start, and says so meanwhile. */
async function pagesAreThere(url: string): Promise<void> {
  const until = Date.now() + 120_000;
  for (;;) {
    const response = await fetch(`${url}/console/`);
    await response.arrayBuffer();
    if (response.ok) return;
    if (Date.now() > until) throw new Error(`The console has no pages: it answers with ${response.status}.`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
