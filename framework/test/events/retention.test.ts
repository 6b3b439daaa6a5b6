import assert from "node:assert/strict";
import { test } from "node:test";
import { eventRetentionTask } from "../../src/events/index.ts";
import { APP, eventDatabase } from "./event-database.ts";

const database = await eventDatabase();
const { adminQuery } = database;
const pool = database.newPool();
const task = eventRetentionTask({ app: APP, pool, modules: ["billing", "user"], days: 30 });

test("what is older than the days to keep is forgotten, in batches, and the rest stays", async () => {
  await adminQuery`insert into "user"._inbox (subscriber, publisher, event_id, received_at)
    select 'greet', 'billing', n, now() - make_interval(days => case when n <= 7000 then 31 else 29 end)
    from generate_series(1, 7010) n`;
  await adminQuery`insert into billing._events (id, event, version, payload, published_at)
    values (1, 'billing.old', 1, '{}', now() - interval '31 days'), (2, 'billing.new', 1, '{}', now() - interval '29 days')`;
  await adminQuery`insert into "user"._replays (subscriber, since, until, started_at)
    values ('greet', now(), now(), now() - interval '31 days'), ('greet', now(), now(), now())`;
  assert.equal(await task.run(), true);
  assert.equal(await task.run(), false);
  const [inbox] = await adminQuery`select count(*)::int as count, min(event_id) as first from "user"._inbox`;
  assert.deepEqual(inbox, { count: 10, first: 7_001 });
  assert.deepEqual(await adminQuery`select event from billing._events`, [{ event: "billing.new" }]);
  assert.equal((await adminQuery`select from "user"._replays`).length, 1);
});

test("the partition of a day is dropped when the day is over for long enough, and those to come are made", async () => {
  await adminQuery`create table "user"._events_20200101 partition of "user"._events
    for values from ('2020-01-01 00:00+00') to ('2020-01-02 00:00+00')`;
  await adminQuery`alter table "user"._events_20200101 owner to eventtests_user_owner`;
  await adminQuery`insert into "user"._events (id, event, version, payload, published_at)
    values (1, 'user.old', 1, '{}', '2020-01-01 12:00+00')`;
  await task.run();
  const partitions = await adminQuery<{ name: string }>`select relname as name from pg_inherits
    join pg_class on oid = inhrelid where inhparent = '"user"._events'::regclass order by 1`;
  const names = partitions.map(({ name }) => name);
  assert.ok(!names.includes("_events_20200101"));
  const today = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  assert.ok(names.includes(`_events_${today}`));
  assert.equal(names.length, 5);
});
