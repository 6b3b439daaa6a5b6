import assert from "node:assert/strict";
import { test } from "node:test";
import { BootError } from "../../src/module/index.ts";
import { fake, testApp, waitForLockWait } from "../../src/testing/index.ts";
import { inShelf, pricing, shelf, shelfModule } from "./shelf.ts";

const fakes = [fake(pricing)];

test("each app has a database of its own, and the same roles", async () => {
  const [one, two] = await Promise.all([
    testApp({ modules: [shelfModule], fakes }),
    testApp({ modules: [shelfModule], fakes }),
  ]);
  assert.notEqual(one.databaseUrl, two.databaseUrl);
  assert.equal(one.app.name, two.app.name);
  await one.adminQuery`insert into shelf.things (id, sku, put_at) values (gen_random_uuid(), 'bolt', now())`;
  assert.equal((await one.adminQuery`select from shelf.things`).length, 1);
  assert.equal((await two.adminQuery`select from shelf.things`).length, 0);
});

test("apps of other modules or other migrations have other roles", async () => {
  const { app } = await testApp({ modules: [shelfModule], fakes });
  const other = await testApp({ modules: [{ ...shelfModule, migrations: null }], fakes });
  assert.notEqual(app.name, other.app.name);
  assert.match(app.name, /^test_[0-9a-f]{12}$/);
});

test("a clone is as closed to other logins as the database it was cloned from", async () => {
  const { adminQuery } = await testApp({ modules: [shelfModule], fakes });
  const [row] = await adminQuery`
    select has_database_privilege('public', current_database(), 'CONNECT') as connect,
           has_database_privilege('public', current_database(), 'TEMPORARY') as temporary`;
  assert.deepEqual(row, { connect: false, temporary: false });
});

test("stop drops the database and may be called again", async () => {
  const kept = await testApp({ modules: [shelfModule], fakes });
  const gone = await testApp({ modules: [shelfModule], fakes });
  const name = new URL(gone.databaseUrl).pathname.slice(1);
  await gone.adminQuery`select 1`;
  await Promise.all([gone.stop(), gone.stop()]);
  await gone.stop();
  assert.deepEqual(await kept.adminQuery`select from pg_database where datname = ${name}`, []);
});

test("ASHLAR_CALLS chooses how calls run, unless the test does", async (t) => {
  const before = process.env.ASHLAR_CALLS;
  t.after(() => {
    if (before === undefined) delete process.env.ASHLAR_CALLS;
    else process.env.ASHLAR_CALLS = before;
  });
  const inputs: object[] = [];
  const received: object[] = [];
  const spy = inShelf.handle(shelf.put, async ({ sku }, { call }) => {
    const input = { sku };
    inputs.push(input);
    await call(pricing).quote(input);
    return { id: sku };
  });
  const parts = {
    modules: [
      {
        ...shelfModule,
        handlers: [spy, ...shelfModule.handlers.filter(({ operation }) => operation !== shelf.put)],
      },
    ],
    fakes: [
      fake(pricing, {
        quote: async (input) => {
          received.push(input);
          return { cents: 1 };
        },
      }),
    ],
  };
  const isSame = async (calls?: "direct" | "serialised") => {
    const { app } = await testApp({ ...parts, ...(calls === undefined ? {} : { calls }) });
    await app.execute(shelf.put, { sku: "bolt" });
    return received.at(-1) === inputs.at(-1);
  };
  delete process.env.ASHLAR_CALLS;
  assert.equal(await isSame(), true);
  process.env.ASHLAR_CALLS = "serialised";
  assert.equal(await isSame(), false);
  assert.equal(await isSame("direct"), true);
  process.env.ASHLAR_CALLS = "sometimes";
  await assert.rejects(testApp(parts), /ASHLAR_CALLS is "sometimes"; it can be "direct" or "serialised"/);
});

test("an app that cannot be composed says why, and leaves no database", async () => {
  await assert.rejects(testApp({ modules: [shelfModule] }), BootError);
});

test("waitForLockWait returns when a session waits for another one's lock", async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: locked, resolve: hasLocked } = Promise.withResolvers<void>();
  const shop = await testApp({
    modules: [
      {
        ...shelfModule,
        handlers: [
          ...shelfModule.handlers.filter(({ operation }) => operation !== shelf.put),
          inShelf.handle(shelf.put, async ({ sku }, { sql }) => {
            await sql`insert into shelf.things (id, sku, put_at)
                      values ('00000000-0000-7000-8000-000000000000', ${sku}, now()) on conflict do nothing`;
            hasLocked();
            await released;
            return { id: sku };
          }),
        ],
      },
    ],
    fakes,
  });
  const first = shop.app.execute(shelf.put, { sku: "first" });
  await locked;
  const second = shop.app.execute(shelf.put, { sku: "second" });
  await waitForLockWait(shop);
  release();
  await Promise.all([first, second]);
  assert.deepEqual(await shop.adminQuery`select sku from shelf.things`, [{ sku: "first" }]);
});
