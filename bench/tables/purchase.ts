import { startChild } from "../child.ts";
import type { LoadTask } from "../clients/http-load.ts";
import { startCluster } from "../cluster.ts";
import { underLoad } from "../http-reading.ts";
import { addBuyers, forgetPlansForEmptyTables, type ShopData } from "../shop-data.ts";
import { startShopOn } from "../shop-process.ts";
import type { Session } from "../table.ts";
import { isControl, startWireCounter } from "../wire-count.ts";

const COUNTED = 20;

/**
 * Nothing else runs beside it here: the peers bring hundreds of packages. Their figures, measured apart on such a
 * machine with one process at 1 and 16 clients: Medusa 2.21 1.3 and 1.8 purchases a second with 614 statements
 * each, Vendure 3.7 4.3 and 7.0 with 351.
 */
export async function run(session: Session): Promise<void> {
  const cluster = await startCluster(session, "as shipped");
  const load = startChild(new URL("../clients/http-load.ts", import.meta.url));
  session.atEnd(load.stop);
  const counter = await startWireCounter(cluster.port);
  session.atEnd(counter.stop);
  const shop = await startShopOn(session, cluster, cluster.port);
  const counted = await startShopOn(session, cluster, counter.port);
  const data = await addBuyers(cluster, 16);
  await load.ask("run", { ...purchases(data, shop.port), clients: 16, passes: 200 });
  await forgetPlansForEmptyTables(cluster);

  for (const clients of [1, 16]) {
    await session.measure(
      {
        row: clients === 1 ? "1 client" : `${clients} clients`,
        against: "ashlar",
        contenders: [
          {
            system: "ashlar",
            measure: () =>
              underLoad(
                { load, cluster, pid: shop.pid, unit: "purchase" },
                { ...purchases(data, shop.port), clients, ms: session.quick ? 500 : 2000 },
              ),
          },
        ],
      },
      session.quick ? 4 : 15,
    );
  }
  const count = async () => {
    counter.reset();
    await load.ask("run", { ...purchases(data, counted.port), clients: 1, passes: COUNTED });
    const { statements, roundTrips } = counter.counts();
    return {
      "SQL statements/purchase": statements.filter((text) => !isControl(text)).length / COUNTED,
      "with begin, commit, set role": statements.length / COUNTED,
      "round trips/purchase": roundTrips / COUNTED,
    };
  };
  await session.measure(
    { row: "messages counted", against: "ashlar", contenders: [{ system: "ashlar", measure: count }] },
    1,
  );
}

export function purchases(
  { skus, tokens }: ShopData,
  port: number,
): Omit<LoadTask, "clients" | "ms" | "passes"> {
  return {
    port,
    steps: [
      {
        method: "PUT",
        paths: skus.map((sku) => `/v1/cart/items/${sku}`),
        body: JSON.stringify({ quantity: 1 }),
        status: 200,
      },
      { method: "POST", paths: ["/v1/orders"], isKeyed: true, status: 201 },
    ],
    tokens,
    tokenFor: "client",
  };
}
