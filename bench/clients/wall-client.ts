import { type ConnectionAddress, Pool, type Statement, statement } from "ashlar/postgres";
import pg from "pg";
import { serveTasks } from "../child.ts";
import { closedLoop } from "../closed-loop.ts";

export interface WallTask {
  readonly workload: "read" | "transaction" | "cross-module transaction";
  readonly clients: number;
  readonly ms: number;
}

/** Does the same work through one of three: a pool with roles, the same pool without, or the plain driver. */
const [system, address] = [process.argv[2], JSON.parse(process.argv[3]!) as ConnectionAddress];

type Workloads = Record<WallTask["workload"], () => Promise<unknown>>;

const CONNECTIONS = 10;
const [ORDERING_READER, ORDERING, BILLING] = [
  "bench_ordering_reader",
  "bench_ordering_app",
  "bench_billing_app",
];
const someId = () => 1 + Math.floor(Math.random() * 10_000);

function byPool(walls: boolean): { workloads: Workloads; stop: () => Promise<void> } {
  const pool = new Pool({ connection: address, max: CONNECTIONS, walls });
  const steps = {
    selectItem: (id: number) => statement`select id, quantity, note from ordering.items where id = ${id}`,
    updateItem: (id: number) => statement`update ordering.items set quantity = quantity + 1 where id = ${id}`,
    insertEntry: (id: number) =>
      statement`insert into ordering.entries (item_id, quantity) values (${id}, 1)`,
    selectBill: (id: number) => statement`select id, quantity, note from billing.items where id = ${id}`,
    insertBill: (id: number) => statement`insert into billing.entries (item_id, quantity) values (${id}, 1)`,
  };
  const inTransaction = async (statements: readonly (readonly [role: string, step: Statement])[]) => {
    const transaction = pool.begin();
    for (const [role, step] of statements) await transaction.execute(role, step);
    await transaction.commit();
  };
  return {
    workloads: {
      read: () => pool.execute(ORDERING_READER, steps.selectItem(someId())),
      transaction: () => {
        const id = someId();
        return inTransaction([
          [ORDERING, steps.selectItem(id)],
          [ORDERING, steps.updateItem(id)],
          [ORDERING, steps.insertEntry(id)],
        ]);
      },
      "cross-module transaction": () => {
        const id = someId();
        return inTransaction([
          [ORDERING, steps.selectItem(id)],
          [ORDERING, steps.updateItem(id)],
          [BILLING, steps.selectBill(id)],
          [BILLING, steps.insertBill(id)],
          [ORDERING, steps.insertEntry(id)],
          [ORDERING, steps.selectItem(id)],
        ]);
      },
    },
    stop: () => pool.stop(),
  };
}

function byDriver(): { workloads: Workloads; stop: () => Promise<void> } {
  const pool = new pg.Pool({ ...address, max: CONNECTIONS });
  const steps = {
    selectItem: { name: "a", text: "select id, quantity, note from ordering.items where id = $1" },
    updateItem: { name: "b", text: "update ordering.items set quantity = quantity + 1 where id = $1" },
    insertEntry: { name: "c", text: "insert into ordering.entries (item_id, quantity) values ($1, 1)" },
    selectBill: { name: "d", text: "select id, quantity, note from billing.items where id = $1" },
    insertBill: { name: "e", text: "insert into billing.entries (item_id, quantity) values ($1, 1)" },
  };
  const inTransaction = async (names: readonly (keyof typeof steps)[]) => {
    const values = [someId()];
    const client = await pool.connect();
    try {
      await client.query("begin");
      for (const name of names) await client.query({ ...steps[name], values });
      await client.query("commit");
    } finally {
      client.release();
    }
  };
  return {
    workloads: {
      read: () => pool.query({ ...steps.selectItem, values: [someId()] }),
      transaction: () => inTransaction(["selectItem", "updateItem", "insertEntry"]),
      "cross-module transaction": () =>
        inTransaction(["selectItem", "updateItem", "selectBill", "insertBill", "insertEntry", "selectItem"]),
    },
    stop: () => pool.end(),
  };
}

const { workloads, stop } = system === "pg" ? byDriver() : byPool(system === "ashlar");
serveTasks(
  {
    run: ({ workload, clients, ms }: WallTask) => closedLoop(workloads[workload], { clients, ms }),
    repeat: async ({ workload, operations }: { workload: WallTask["workload"]; operations: number }) => {
      for (let done = 0; done < operations; done++) await workloads[workload]();
    },
  },
  stop,
);
