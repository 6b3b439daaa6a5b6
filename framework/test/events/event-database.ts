import { publishStatement, type Subscription } from "../../src/events/index.ts";
import { QUEUE_SETTINGS } from "../../src/jobs/worker/queue-pool.ts";
import {
  Pool,
  type PoolOptions,
  rolesOf,
  statement,
  type Transaction,
  workerRole,
} from "../../src/postgres/index.ts";
import { type AdminQuery, adminConnection } from "../../src/testing/admin-query.ts";
import { atEndOfFile } from "../../src/testing/end-of-file.ts";
import { createTestDatabase, LOGIN_PASSWORD } from "../../src/testing/test-database.ts";

export const APP = "eventtests";
export const WORKER = workerRole(APP);
/** `user` has to be quoted wherever it stands for a schema. */
const MODULES = ["ashlar", "billing", "ordering", "user"];

export interface EventDatabase {
  /** As superuser. */
  readonly adminQuery: AdminQuery;
  /** Another pool with the settings of a queue pool, as of another instance. */
  newPool(options?: Pick<PoolOptions, "applicationName" | "max">): Pool;
}

/** A database with the modules `billing`, `ordering` and `user`; goes away at the end of the file. */
export async function eventDatabase(): Promise<EventDatabase> {
  const database = await createTestDatabase({
    app: APP,
    modules: MODULES.map((name) => ({ name, migrations: "", publishes: [], reads: [] })),
  });
  atEndOfFile(() => database.drop());
  const admin = adminConnection(database.url);
  atEndOfFile(() => admin.stop());
  const { hostname, port } = new URL(database.url);
  return {
    adminQuery: admin.query,
    newPool(options = {}) {
      const pool = new Pool({
        connection: {
          host: hostname,
          port: Number(port),
          database: database.name,
          user: APP,
          password: LOGIN_PASSWORD,
        },
        settings: QUEUE_SETTINGS,
        ...options,
      });
      atEndOfFile(() => pool.stop());
      return pool;
    },
  };
}

export function subscription(parts: Partial<Subscription> & { name: string }): Subscription {
  return {
    subscriber: "ordering",
    publisher: "billing",
    event: "billing.paymentCaptured",
    queue: "default",
    priority: 0,
    maxAttempts: 20,
    inOrder: true,
    ...parts,
  };
}

/** An event of billing whose payload is `{ n }`, in a transaction or by itself. */
export async function publish(
  through: Pool | Transaction,
  parts: { event?: string; key?: string | null; n: number; traceId?: string },
): Promise<void> {
  const { event = "billing.paymentCaptured", key = null, n, traceId = null } = parts;
  await through.execute(
    rolesOf(APP, "billing").app,
    publishStatement({ module: "billing", event, version: 1, payload: { n }, key, traceId }),
  );
}

export interface DeliveryRow {
  readonly id: number;
  readonly seq: number;
  readonly kind: string;
  readonly orderKey: string | null;
  readonly payload: {
    readonly event: string;
    readonly id: number;
    readonly key: string | null;
    readonly payload: { readonly n: number };
    readonly replay: number;
  };
}

/** The deliveries in a module's queue, in the order in which they would run. */
export async function deliveries(
  database: EventDatabase,
  module: "ordering" | "user",
): Promise<DeliveryRow[]> {
  return module === "ordering"
    ? await database.adminQuery`select id, seq, kind, order_key as "orderKey", payload from ordering._jobs order by seq`
    : await database.adminQuery`select id, seq, kind, order_key as "orderKey", payload from "user"._jobs order by seq`;
}

/** Takes what is deliverable now out of a queue, as a worker would: in order, and for good. */
export async function consume(pool: Pool): Promise<DeliveryRow[]> {
  const { rows } = await pool.execute<DeliveryRow>(
    WORKER,
    statement`with taken as (
        delete from ordering._jobs where id = any (array(select id from ordering._jobs order by id limit 200))
        returning id, seq, kind, order_key as "orderKey", payload
      ) select * from taken order by seq`,
  );
  return rows;
}
