import assert from "node:assert/strict";
import { test } from "node:test";
import { inboxHolds, inboxStatement, type Receipt } from "../../src/events/index.ts";
import { rolesOf } from "../../src/postgres/index.ts";
import { eventually } from "../../src/testing/index.ts";
import { APP, eventDatabase } from "./event-database.ts";

const database = await eventDatabase();
const pool = database.newPool();
const ROLE = rolesOf(APP, "user").app;
const receipt: Receipt = { module: "user", subscriber: "greet", publisher: "billing", eventId: 1, replay: 0 };

test("a delivery is taken in once, and once more for each replay", async () => {
  const take = async (parts: Partial<Receipt>) =>
    (await pool.execute(ROLE, inboxStatement({ ...receipt, eventId: 2, ...parts }))).rowCount;
  assert.equal(await take({}), 1);
  assert.equal(await take({}), 0);
  assert.equal(await take({ replay: 1 }), 1);
  assert.equal(await take({ replay: 1 }), 0);
  assert.equal(await take({ subscriber: "count" }), 1);
  assert.equal(await take({ publisher: "catalog" }), 1);
});

test("of two deliveries at once the second waits, and goes ahead if the first is rolled back", async () => {
  const first = pool.begin();
  await first.execute(ROLE, inboxStatement(receipt));
  const second = pool.execute(ROLE, inboxStatement(receipt));
  await eventually("the second one waits", async () => {
    const rows = await database.adminQuery`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    return rows.length === 1;
  });
  await first.rollback();
  assert.equal((await second).rowCount, 1);
});

test("whether an event was taken in can be asked without taking it in", async () => {
  const asked = { ...receipt, eventId: 3 };
  assert.equal((await pool.execute(ROLE, inboxHolds(asked))).rowCount, 0);
  await pool.execute(ROLE, inboxStatement(asked));
  assert.equal((await pool.execute(ROLE, inboxHolds(asked))).rowCount, 1);
  assert.equal((await pool.execute(ROLE, inboxHolds({ ...asked, replay: 1 }))).rowCount, 0);
});
