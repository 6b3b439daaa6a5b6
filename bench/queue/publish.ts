import { type Child, startChild } from "../child.ts";
import type { LoopResult } from "../closed-loop.ts";
import { type Cluster, startCluster, temporaryDirectory } from "../cluster.ts";
import type { Row } from "../harness.ts";
import { pinToOneCore } from "../pin.ts";
import { addBuyers, fillCarts, forgetPlansForEmptyTables } from "../shop-data.ts";
import { startShopProcess } from "../shop-process.ts";
import type { Session } from "../table.ts";

export const INSERT_ROW = "publish, in a command of one insert";
export const ORDER_ROW = "publish, in the shop's placeOrder";
export const PUBLISH_UNIT = "CPU µs/command (node + postgres)";
export const WITHOUT = "ashlar, not publishing";

const BUYERS = 64;

export interface Publishing {
  readonly cluster: Cluster;
  readonly client: Child;
  readonly accounts: readonly string[];
}

/** A cluster that waits for no disk, and a client on the same core: the CPU of a command is what is asked. */
export async function preparePublishing(session: Session): Promise<Publishing> {
  const cluster = await startCluster(session, "quiet");
  pinToOneCore(cluster.pid);
  await cluster.admin("create database items");
  const items = new URL(cluster.url);
  items.pathname = "/items";
  await seedShop(session, cluster);
  await addBuyers(cluster, BUYERS);
  const buyers = await cluster.admin("select account_id as id from identity.sessions order by 1");
  const client = startChild(new URL("./publish-client.ts", import.meta.url), [items.href, cluster.url]);
  session.atEnd(client.stop);
  pinToOneCore(client.pid);
  const publishing = { cluster, client, accounts: buyers.map(({ id }) => id as string) };
  for (const publishes of [true, false]) await order(publishing, publishes);
  await forgetPlansForEmptyTables(cluster);
  return publishing;
}

export function insertRow({ cluster, client }: Publishing, ms: number): Row {
  return row(INSERT_ROW, cluster, (publishes) => client.ask<LoopResult>("insert", { publishes, ms }));
}

export function orderRow(publishing: Publishing): Row {
  const { cluster, client, accounts } = publishing;
  return row(
    ORDER_ROW,
    cluster,
    (publishes) => client.ask<LoopResult>("order", { publishes, accounts }),
    () => fillCarts(cluster),
  );
}

function row(
  name: string,
  cluster: Cluster,
  execute: (publishes: boolean) => Promise<LoopResult>,
  before: () => Promise<unknown> = async () => {},
): Row {
  return {
    row: name,
    against: WITHOUT,
    contenders: [true, false].map((publishes) => ({
      system: publishes ? "ashlar" : WITHOUT,
      measure: async () => {
        await before();
        const postgres = cluster.measureCpu();
        const { operations, cpuMicros } = await execute(publishes);
        return { [PUBLISH_UNIT]: (cpuMicros + postgres()) / operations };
      },
    })),
  };
}

async function order({ cluster, client, accounts }: Publishing, publishes: boolean): Promise<LoopResult> {
  await fillCarts(cluster);
  return await client.ask<LoopResult>("order", { publishes, accounts });
}

/** The shop brings its demo catalogue into the database, and leaves. */
async function seedShop(session: Session, cluster: Cluster): Promise<void> {
  const shop = await startShopProcess({
    DATABASE_URL: cluster.url,
    ASHLAR_DEMO: "1",
    ASHLAR_HOME: await temporaryDirectory(session),
  });
  await shop.stop();
}
