// Events come at least once and in any order: every subscriber of the shop is told of everything again and again, past
// its inbox, and nothing changes.
import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import { brokenInvariants } from "./invariants.ts";
import { ordersOfAllKinds, payableShop } from "./orders-of-all-kinds.ts";
import { asAdmin } from "./test-databases.ts";

/** What the order of the deliveries is made of; a failing run is repeated with the seed that it told. */
const SEED = process.env.SHOP_DELIVERY_SEED ?? randomUUID();
const MODULES = ["identity", "catalog", "billing", "ordering"];

const shop = await payableShop();

describe("every event, delivered to every subscriber", () => {
  it("three times and in any order, changes nothing", async (test) => {
    test.diagnostic(`seed ${SEED}`);
    await ordersOfAllKinds(shop);
    assert.deepEqual(await brokenInvariants(shop.databaseUrl), []);
    const before = await everything();
    const mails = shop.mails.length;
    const deliveries = await deliverAgain([1, 2, 3]);
    test.diagnostic(`${deliveries} deliveries`);
    await shop.jobs.runDue();
    assert.deepEqual(await everything(), before);
    assert.equal(shop.mails.length, mails);
    assert.deepEqual(await brokenInvariants(shop.databaseUrl), []);
  });

  it("as the same delivery, is not even looked at", async () => {
    const before = await everything();
    await deliverAgain([0, 0]);
    const ran = await shop.jobs.runDue();
    assert.ok(ran.length > 0);
    assert.deepEqual(await everything(), before);
    assert.deepEqual(await brokenInvariants(shop.databaseUrl), []);
  });
});

/**
 * Enqueues every event for every subscriber once for each of `replays`, in an order that hangs on the seed alone. A
 * replay has a number of its own in the inbox, so that it gets past it; 0 is the delivery that was there before.
 */
async function deliverAgain(replays: readonly number[]): Promise<number> {
  let deliveries = 0;
  await asAdmin(shop.databaseUrl, async (client) => {
    for (const subscriber of MODULES) {
      for (const publisher of MODULES) {
        const { rowCount } = await client.query(
          `insert into ${subscriber}._jobs (id, seq, queue, priority, kind, payload, max_attempts)
           select number, number, queue, priority, kind, payload, 1
           from (
             select nextval('${subscriber}._job_ids') as number, shuffled.*
             from (
               select s.queue, s.priority, 'on.' || s.name as kind,
                 jsonb_build_object('event', e.event, 'publisher', s.publisher, 'id', e.id, 'version', e.version,
                   'key', e.key, 'publishedAt', e.published_at, 'payload', e.payload, 'replay', r.number) as payload
               from ${publisher}._events e
               join ${subscriber}._subscriptions s on s.publisher = '${publisher}' and s.event = e.event
               cross join unnest($1::integer[]) with ordinality r (number, copy)
               order by md5($2 || e.id || s.name || r.copy)
             ) shuffled
           ) numbered`,
          [replays, SEED],
        );
        deliveries += rowCount ?? 0;
      }
    }
  });
  return deliveries;
}

/** A digest of each table that is a module's own, not the framework's; and what is to be told. */
async function everything(): Promise<Record<string, string>> {
  return await asAdmin(shop.databaseUrl, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname = any ($1) and (tablename !~ '^_' or tablename = '_outbox') order by 1`,
      [MODULES],
    );
    const digests: Record<string, string> = {};
    for (const { name } of tables) {
      const { rows } = await client.query(`select to_jsonb(t)::text as row from ${name} t order by 1`);
      digests[name] = createHash("sha256").update(JSON.stringify(rows)).digest("hex").slice(0, 12);
    }
    return digests;
  });
}
