import pg from "pg";
import { noteActivity } from "../note-activity.ts";

const MINUTE_MS = 60_000;

/**
 * As if the shop had been busy for three hours: catalog fails a little, billing much in the last minutes and is slow,
 * nobody reads ordering's events.
 */
export async function plantWork(databaseUrl: string): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const now = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
    await noteActivity(
      client,
      WORK.flatMap(([kind, module, name, perMinute, failed, firstBucket]) =>
        Array.from({ length: 180 }, (_, index) => {
          const age = index + 1;
          const wave = 1 + 0.25 * Math.sin(age / 9) + 0.1 * Math.sin(age * 1.7);
          const count = Math.max(1, Math.round(perMinute * wave));
          const some = (part: number) => Math.floor(count / part);
          const slow = age >= 40 && age <= 50 ? count : some(50);
          return {
            ...{ kind, module, name, count, firstBucket },
            minute: now - age * MINUTE_MS,
            failed: age <= 20 ? Math.min(count, failed) : 0,
            totalMs: count * 10,
            buckets: [count - some(20), some(20), 0, 0, 0, 0, 0, slow],
          };
        }),
      ),
    );
    for (const [kind, from, to] of SEEN) {
      await client.query(
        `insert into ashlar.observed_edges (kind, from_id, to_id, calls) values ($1, $2, $3, 100)
         on conflict do nothing`,
        [kind, from, to],
      );
    }
    for (const [module, ms] of COSTS) {
      await client.query(
        `insert into ashlar.database_cost
         select date_trunc('minute', now()) - age * interval '1 minute', $1, 4000, $2 * (1 + 0.2 * sin(age / 7.0)), 9000,
           90000, 120, 300, 4000000, 0 from generate_series(1, 180) age on conflict do nothing`,
        [module, ms],
      );
    }
    // Of the hour before: what is of this one is replaced with every sample.
    for (const [index, [module, text, ms]] of STATEMENTS.entries()) {
      await client.query(
        "insert into ashlar.statement_texts (query_id, text) values ($1, $2) on conflict do nothing",
        [1_000 + index, text],
      );
      await client.query(
        `insert into ashlar.statement_cost values (date_trunc('hour', now(), 'UTC') - interval '1 hour', $1, $2, 1200, $3, 5000, 95)
         on conflict do nothing`,
        [module, 1_000 + index, ms],
      );
    }
  } finally {
    await client.end();
  }
}

/** Kind, module, name, count in a minute, failed in a minute, bucket. */
const WORK = [
  ["request", "ordering", "POST /v1/orders", 240, 0, 28],
  ["request", "ordering", "GET /v1/orders", 480, 0, 20],
  ["request", "catalog", "GET /v1/products", 1800, 4, 16],
  ["call", "ordering", "ordering.placeOrder", 240, 0, 28],
  ["call", "ordering", "ordering.listOrders", 480, 0, 20],
  ["call", "catalog", "catalog.reserveStock", 240, 1, 14],
  ["call", "catalog", "catalog.listProducts", 1800, 3, 16],
  ["call", "billing", "billing.issueInvoice", 240, 30, 36],
  ["call", "identity", "identity.authenticate", 2400, 0, 8],
  ["job", "ordering", "ordering.expireOrders", 1, 0, 30],
  ["job", "ordering", "ordering.sendOrderMail", 120, 2, 44],
  ["delivery", "ordering", "ordering.on.markOrderPaid", 180, 0, 22],
  ["edge", "ordering", "catalog", 240, 1, 14],
  ["edge", "ordering", "billing", 240, 30, 36],
] as const;

const SEEN = [
  ["call", "ordering.placeOrder", "catalog.reserveStock"],
  ["call", "ordering.placeOrder", "billing.issueInvoice"],
  ["delivery", "ordering.on.markOrderPaid", "billing.paymentCaptured"],
] as const;

const COSTS = [
  ["ordering", 4200],
  ["catalog", 9600],
  ["billing", 2400],
  ["identity", 1100],
  ["", 300],
] as const;

const STATEMENTS = [
  [
    "catalog",
    "select id, sku, name, price from catalog.products where search @@ $1 order by rank desc limit $2",
    240_000,
  ],
  [
    "billing",
    "insert into billing.invoices (number, order_id, total) values ($1, $2, $3) returning number",
    60_000,
  ],
  ["billing", "select balance from billing.accounts where account_id = $1 for update", 18_000],
] as const;
