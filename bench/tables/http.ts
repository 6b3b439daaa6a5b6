import { type Child, startChild } from "../child.ts";
import type { LoadTask } from "../clients/http-load.ts";
import { type Cluster, startCluster } from "../cluster.ts";
import { underLoad } from "../http-reading.ts";
import { addBuyers, fillCarts, forgetPlansForEmptyTables, type ShopData } from "../shop-data.ts";
import { startShopOn } from "../shop-process.ts";
import type { Session } from "../table.ts";
import { isControl, startWireCounter } from "../wire-count.ts";

const CLIENTS = 16;
const SLICE_MS = 250;
const ORDERS_A_SLICE = 160;

interface Server {
  readonly pid: number;
  readonly port: number;
}

export async function run(session: Session): Promise<void> {
  const cluster = await startCluster(session, "as shipped");
  const load = startChild(new URL("../clients/http-load.ts", import.meta.url));
  session.atEnd(load.stop);
  const ashlar = await startShopOn(session, cluster, cluster.port);
  const data = await addBuyers(cluster, ORDERS_A_SLICE);
  const bare = await startBareLike(session, cluster, load, data);
  const systems = { ashlar, "fastify+pg": bare };
  for (const { port } of Object.values(systems)) {
    await fillCarts(cluster);
    await load.ask("run", { ...placeOrder(data, port), clients: CLIENTS, passes: ORDERS_A_SLICE });
  }
  await forgetPlansForEmptyTables(cluster);

  await session.measure(
    {
      row: `GET /v1/products/{sku}, ${CLIENTS} clients`,
      against: "fastify+pg",
      contenders: Object.entries(systems).map(([system, { pid, port }]) => ({
        system,
        measure: () =>
          underLoad(
            { load, cluster, pid, unit: "request" },
            { ...getProduct(data, port), clients: CLIENTS, ms: SLICE_MS },
          ),
      })),
    },
    session.quick ? 11 : 60,
  );
  await session.measure(
    {
      row: `POST /v1/orders, ${CLIENTS} clients`,
      against: "fastify+pg",
      contenders: Object.entries(systems).map(([system, { pid, port }]) => ({
        system,
        measure: async () => {
          await fillCarts(cluster);
          return underLoad(
            { load, cluster, pid, unit: "request" },
            { ...placeOrder(data, port), clients: CLIENTS, passes: ORDERS_A_SLICE },
          );
        },
      })),
    },
    session.quick ? 7 : 40,
  );
}

/** One login with rights to everything, as applications without walls have. */
const BARE_LOGIN = { user: "bare", password: "bare" };

async function addBareLogin(cluster: Cluster): Promise<void> {
  const schemas = "identity, catalog, ordering, billing";
  await cluster.admin(`
    create role ${BARE_LOGIN.user} login password '${BARE_LOGIN.password}';
    grant connect on database bench to ${BARE_LOGIN.user};
    grant usage on schema ${schemas} to ${BARE_LOGIN.user};
    grant all on all tables in schema ${schemas} to ${BARE_LOGIN.user}`);
}

async function startBare(
  session: Session,
  cluster: Cluster,
  port: number,
  statements: readonly string[],
): Promise<Server> {
  const database = new URL(cluster.url).pathname.slice(1);
  const address = JSON.stringify({ host: "127.0.0.1", port, ...BARE_LOGIN, database });
  const script = new URL("../servers/bare-shop.ts", import.meta.url);
  const bare = startChild(script, [address, JSON.stringify(statements)]);
  session.atEnd(bare.stop);
  return { pid: bare.pid, port: await bare.ask<number>("port") };
}

type Requests = Omit<LoadTask, "clients" | "ms" | "passes">;

function getProduct({ skus }: ShopData, port: number): Requests {
  const paths = skus.map((sku) => `/v1/products/${sku}`);
  return { port, steps: [{ method: "GET", paths, status: 200 }], tokens: [], tokenFor: "pass" };
}

function placeOrder({ tokens }: ShopData, port: number): Requests {
  const step = { method: "POST", paths: ["/v1/orders"], isKeyed: true, status: 201 } as const;
  return { port, steps: [step], tokens, tokenFor: "pass" };
}

/**
 * Listens to what the shop sends and starts the bare server with it. Then listens to that one: should the two not
 * send the same statements in the same order, the comparison is worth nothing, and the table ends.
 */
async function startBareLike(
  session: Session,
  cluster: Cluster,
  load: Child,
  data: ShopData,
): Promise<Server> {
  const counter = await startWireCounter(cluster.port);
  session.atEnd(counter.stop);
  const listenTo = async ({ port }: Server): Promise<string[]> => {
    await fillCarts(cluster);
    counter.reset();
    for (const requests of [getProduct, placeOrder]) {
      await load.ask("run", { ...requests(data, port), clients: 1, passes: 1 });
    }
    return counter.counts().statements.filter((text) => !isControl(text));
  };
  const ours = await listenTo(await startShopOn(session, cluster, counter.port));
  // Only now: with such a login in the database, the shop would refuse to start.
  await addBareLogin(cluster);
  const theirs = await listenTo(await startBare(session, cluster, counter.port, ours));
  if (ours.join(";\n") !== theirs.join(";\n")) {
    throw new Error(
      "servers/bare-shop.ts no longer does what the shop does; let it send the same.\n" +
        `shop: ${ours.join(";\n")}\n\nbare: ${theirs.join(";\n")}`,
    );
  }
  return startBare(session, cluster, cluster.port, ours);
}
