import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { inspect } from "node:util";
import { DatabaseError, type Pool, statement } from "../../src/postgres/index.ts";
import { BILLING, CATALOG, PASSWORD, startWalledCluster, type WalledCluster } from "./walled-cluster.ts";
import { startWireProxy } from "./wire-proxy.ts";

let cluster: WalledCluster;
let pool: Pool;

before(async () => {
  cluster = await startWalledCluster();
  await cluster.admin(`
    create table catalog.values (
      id integer primary key generated always as identity,
      big bigint, bigs bigint[], amount numeric, amounts numeric[], at timestamptz, day date, wall timestamp,
      span interval, doc jsonb, tags text[], raw bytea, flag boolean, short varchar(3), label text
    );
    create table catalog.notes (id integer primary key, item_id integer references catalog.items);
    grant select, insert, update, delete on catalog.values, catalog.notes to ${CATALOG};
  `);
  pool = cluster.pool();
});

after(async () => {
  await pool.stop();
  await cluster.stop();
});

test("values survive the way to the database and back as the documented types", async () => {
  const at = new Date("2026-11-21T12:34:56.789Z");
  const { rows, rowCount } = await pool.execute(
    CATALOG,
    statement`
      insert into catalog.values (big, bigs, amount, amounts, at, day, wall, span, doc, tags, raw, flag, label)
      values (${2 ** 53 - 1}, ${[1, null, -3]}, ${"123456789012345678.90"}, ${["1.10", "2.20"]}, ${at}, ${"2026-02-28"},
              ${"2026-01-01 10:00:00"}, ${"1 day"}, ${{ nested: [1, "ü", null] }}, ${["a,b", 'c"d', "e\\f", ""]},
              ${Buffer.from([0, 1, 255])}, ${true}, ${undefined})
      returning big, bigs, amount, amounts, at, day, wall, span, doc, tags, raw, flag, label`,
  );
  assert.equal(rowCount, 1);
  assert.deepEqual(rows, [
    {
      big: 2 ** 53 - 1,
      bigs: [1, null, -3],
      amount: "123456789012345678.90",
      amounts: ["1.10", "2.20"],
      at,
      day: "2026-02-28",
      wall: "2026-01-01 10:00:00",
      span: "1 day",
      doc: { nested: [1, "ü", null] },
      tags: ["a,b", 'c"d', "e\\f", ""],
      raw: Buffer.from([0, 1, 255]),
      flag: true,
      label: null,
    },
  ]);
});

test("dates outside the usual years come back as they went", async () => {
  for (const text of [
    "-000043-03-15T00:00:00.000Z",
    "0001-01-01T00:00:00.000Z",
    "+012345-06-07T00:00:00.000Z",
  ]) {
    const { rows } = await pool.execute(
      CATALOG,
      statement`select extract(epoch from ${new Date(text)}::timestamptz)::bigint as s`,
    );
    assert.equal(rows[0]?.s, Date.parse(text) / 1000, text);
  }
});

test("a bigint that a number cannot hold is an error, not another number", async () => {
  const big = statement`select 9007199254740993::bigint as big`;
  await assert.rejects(pool.execute(CATALOG, big), { code: "ASHLAR_VALUE_NOT_REPRESENTABLE" });
  assert.equal((await pool.execute(CATALOG, statement`select 1 as one`)).rows[0]?.one, 1);
});

test("rowCount counts what was read or changed", async () => {
  const count = async (text: TemplateStringsArray) => (await pool.execute(CATALOG, statement(text))).rowCount;
  assert.equal(await count`select * from catalog.items where id <= 3`, 3);
  assert.equal(await count`update catalog.items set name = name where id <= 4`, 4);
  assert.equal(await count`insert into catalog.items values (1001, 'x', 1), (1002, 'y', 1)`, 2);
  assert.equal(await count`delete from catalog.items where id > 1000`, 2);
  assert.equal(
    await count`merge into catalog.items i using (values (1)) v (id) on i.id = v.id
    when matched then update set name = i.name`,
    1,
  );
});

test("large and many parameters arrive whole", async () => {
  const text = "ü€😀".repeat(100_000);
  const { rows } = await pool.execute(
    CATALOG,
    statement`select ${text}::text as text, ${Buffer.alloc(300_000, 7)}::bytea as raw`,
  );
  assert.equal(rows[0]?.text, text);
  assert.deepEqual(rows[0]?.raw, Buffer.alloc(300_000, 7));
  const many = Array.from({ length: 3_000 }, (_, index) => statement`(${index}::integer),`);
  const list = many.reduce((all, one) => statement`${all}${one}`);
  const sum = await pool.execute(
    CATALOG,
    statement`select sum(n)::integer as sum from (values ${list} (0)) v (n)`,
  );
  assert.equal(sum.rows[0]?.sum, (2_999 * 3_000) / 2);
});

test("what PostgreSQL refuses has a stable code and names the constraint", async () => {
  await pool.execute(CATALOG, statement`insert into catalog.notes values (1, 1)`);
  const expected: [TemplateStringsArray, Partial<DatabaseError>][] = [
    [
      raw`insert into catalog.items values (1, 'x', 1)`,
      { code: "ASHLAR_UNIQUE_VIOLATION", constraint: "items_pkey", table: "items", schema: "catalog" },
    ],
    [
      raw`insert into catalog.notes values (2, 999999)`,
      { code: "ASHLAR_FOREIGN_KEY_VIOLATION", constraint: "notes_item_id_fkey" },
    ],
    [
      raw`update catalog.items set quantity = -1 where id = 1`,
      { code: "ASHLAR_CHECK_VIOLATION", constraint: "items_quantity_check" },
    ],
    [raw`insert into catalog.items (id) values (2000)`, { code: "ASHLAR_NOT_NULL_VIOLATION" }],
    [raw`select 'abc'::integer`, { code: "ASHLAR_VALUE_REFUSED", sqlState: "22P02" }],
    [raw`select 1 / 0`, { code: "ASHLAR_VALUE_REFUSED", sqlState: "22012" }],
    [
      raw`insert into catalog.values (short) values ('long')`,
      { code: "ASHLAR_VALUE_REFUSED", sqlState: "22001" },
    ],
    [raw`select '{"a":"\\u0000"}'::jsonb`, { code: "ASHLAR_VALUE_NOT_STORABLE", sqlState: "22P05" }],
    [raw`select * from catalog.nothing`, { code: "ASHLAR_SQL_FAILED", sqlState: "42P01" }],
    [raw`select from where`, { code: "ASHLAR_SQL_FAILED", sqlState: "42601" }],
    [raw`select 1; select 2`, { code: "ASHLAR_SQL_FAILED", sqlState: "42601" }],
    [raw`select * from billing.items`, { code: "ASHLAR_WALL", sqlState: "42501" }],
    [raw`set role ${0}`, { code: "ASHLAR_STATEMENT_REFUSED" }],
  ];
  for (const [text, properties] of expected) {
    await assert.rejects(
      pool.execute(CATALOG, { text: text.join(""), values: [] }),
      { retryable: false, ...properties },
      text[0],
    );
  }
});

function raw(strings: TemplateStringsArray, ..._values: unknown[]): TemplateStringsArray {
  return strings;
}

test("no row and no parameter shows in an error, however it is printed", async () => {
  const secrets = [
    statement`insert into catalog.items values (1, ${"s3cret"}, 1)`,
    statement`insert into catalog.items values (3000, ${null}, 77123)`,
    statement`update catalog.items set quantity = ${-77123} where id = 1`,
    statement`select ${"s3cret"}::text::integer`,
    statement`select ${"s3cret"}::text::timestamptz`,
    statement`select ${"77123"}::text::smallint`,
  ];
  for (const secret of secrets) {
    const error = await pool.execute(CATALOG, secret).then(
      () => assert.fail("it was accepted"),
      (error: unknown) => error,
    );
    assert.ok(error instanceof DatabaseError);
    const printed = `${inspect(error, { depth: 9 })} ${JSON.stringify(error)} ${error.stack}`;
    assert.doesNotMatch(printed, /s3cret|77123|Key \(/);
  }
});

test("an error's stack names the caller", async () => {
  async function placeOrder() {
    await pool.execute(CATALOG, statement`select * from catalog.nothing`);
  }
  const error = await placeOrder().then(
    () => assert.fail("it was accepted"),
    (error: Error) => error,
  );
  assert.match(error.stack ?? "", /placeOrder/);
});

test("a value that cannot be stored is refused without a round trip", async () => {
  const { syncs } = pool.stats();
  const unstorable = statement`select ${"a\0b"}::text`;
  await assert.rejects(pool.execute(CATALOG, unstorable), {
    code: "ASHLAR_VALUE_NOT_STORABLE",
    message: /\$1/,
  });
  assert.equal(pool.stats().syncs, syncs);
});

test("a statement that failed to parse works once its table exists", async () => {
  const read = statement`select note from catalog.later`;
  for (let attempt = 0; attempt < 3; attempt++) {
    await assert.rejects(pool.execute(CATALOG, read), { sqlState: "42P01" });
  }
  await cluster.admin(`create table catalog.later (note text); grant select on catalog.later to ${CATALOG}`);
  for (let attempt = 0; attempt < 3; attempt++) {
    assert.deepEqual((await pool.execute(CATALOG, read)).rows, []);
  }
});

test("a migration under prepared statements is not noticed outside transactions", async () => {
  await cluster.admin(
    `create table catalog.wide (a integer); insert into catalog.wide values (1); grant select on catalog.wide to ${CATALOG}`,
  );
  const read = statement`select * from catalog.wide`;
  for (let use = 0; use < 3; use++) assert.deepEqual((await pool.execute(CATALOG, read)).rows, [{ a: 1 }]);
  await cluster.admin("alter table catalog.wide add column b text default 'new'");
  assert.deepEqual((await pool.execute(CATALOG, read)).rows, [{ a: 1, b: "new" }]);

  await cluster.admin("alter table catalog.wide rename column b to c");
  const transaction = pool.begin();
  await assert.rejects(transaction.execute(CATALOG, read), { code: "ASHLAR_PLAN_CHANGED", retryable: true });
  await transaction.rollback();
  assert.deepEqual((await pool.execute(CATALOG, read)).rows, [{ a: 1, c: "new" }]);
});

test("sessions carry their limits and their name", async () => {
  const limited = cluster.pool({
    applicationName: "shop-test",
    statementTimeoutMs: 1_001,
    lockTimeoutMs: 1_002,
    idleInTransactionTimeoutMs: 1_003,
    transactionTimeoutMs: 1_004,
  });
  const { rows } = await limited.execute(
    CATALOG,
    statement`select current_setting(name) as value from (values ('application_name'), ('statement_timeout'),
      ('lock_timeout'), ('idle_in_transaction_session_timeout'), ('transaction_timeout'), ('TimeZone')) v (name)`,
  );
  assert.deepEqual(
    rows.map(({ value }) => value),
    ["shop-test", "1001ms", "1002ms", "1003ms", "1004ms", "UTC"],
  );
  await limited.stop();
});

test("a server that does not know transaction_timeout is served without it", async () => {
  const proxy = await startWireProxy(cluster.port);
  proxy.refuseSetting("transaction_timeout");
  const old = cluster.pool({}, proxy.port);
  const { rows } = await old.execute(
    CATALOG,
    statement`select current_setting('transaction_timeout') as value`,
  );
  assert.equal(rows[0]?.value, "0");
  await old.stop();
  await proxy.stop();
});

test("a statement that runs too long is ended", async () => {
  const impatient = cluster.pool({ statementTimeoutMs: 20 });
  await assert.rejects(impatient.execute(CATALOG, statement`select pg_sleep(5)`), {
    code: "ASHLAR_STATEMENT_TIMEOUT",
  });
  assert.equal((await impatient.execute(CATALOG, statement`select 1 as one`)).rows[0]?.one, 1);
  await impatient.stop();
});

test("a caller waits for a connection no longer than allowed, and is told the state of the pool", async () => {
  const small = cluster.pool({ max: 1, waitTimeoutMs: 30 });
  const holder = small.begin();
  await holder.execute(CATALOG, statement`select 1`);
  await assert.rejects(small.execute(CATALOG, statement`select 1`), {
    code: "ASHLAR_POOL_EXHAUSTED",
    retryable: true,
    message: /none came free within 30 ms \(1 of 1 in use, 0 waiting\)/,
  });
  await assert.rejects(small.begin({ deadline: Date.now() + 5 }).execute(CATALOG, statement`select 1`), {
    code: "ASHLAR_POOL_EXHAUSTED",
  });
  await holder.rollback();
  await small.execute(CATALOG, statement`select 1`);
  await small.stop();
});

test("those who wait are bounded in number and served in the order they came", async () => {
  const small = cluster.pool({ max: 1, maxWaiting: 3 });
  const holder = small.begin();
  await holder.execute(CATALOG, statement`select 1`);
  const served: number[] = [];
  const waiting = [1, 2, 3].map(async (number) => {
    await small.execute(CATALOG, statement`select ${number}::integer`);
    served.push(number);
  });
  assert.equal(small.stats().waiting, 3);
  await assert.rejects(small.execute(CATALOG, statement`select 4`), {
    code: "ASHLAR_POOL_EXHAUSTED",
    message: /3 waiting/,
  });
  await holder.commit();
  await Promise.all(waiting);
  assert.deepEqual(served, [1, 2, 3]);
  assert.deepEqual(small.stats().size, 1);
  await small.stop();
});

test("no more connections are opened than are needed, nor than allowed", async () => {
  const fresh = cluster.pool({ max: 3 });
  assert.equal(fresh.stats().size, 0);
  await fresh.execute(CATALOG, statement`select 1`);
  await fresh.execute(CATALOG, statement`select 1`);
  assert.equal(fresh.stats().size, 1);
  await Promise.all(Array.from({ length: 20 }, () => fresh.execute(CATALOG, statement`select 1`)));
  assert.ok(fresh.stats().size <= 3);
  const transactions = [fresh.begin(), fresh.begin(), fresh.begin()];
  for (const each of transactions) await each.execute(CATALOG, statement`select 1`);
  const { size, idle, inUse } = fresh.stats();
  assert.deepEqual({ size, idle, inUse }, { size: 3, idle: 0, inUse: 3 });
  for (const each of transactions) await each.commit();
  assert.equal(fresh.stats().idle, 3);
  await fresh.stop();
});

test("a connection past its lifetime is replaced", async () => {
  const shortLived = cluster.pool({ max: 1, maxLifetimeMs: 1 });
  const pid = async () =>
    (await shortLived.execute(CATALOG, statement`select pg_backend_pid() as pid, pg_sleep(0.002)`)).rows[0]
      ?.pid;
  assert.notEqual(await pid(), await pid());
  await shortLived.stop();
});

test("a hopeless login fails at once instead of being retried", async () => {
  const lost = cluster.pool({
    connection: {
      host: cluster.host,
      port: cluster.port,
      database: "nowhere",
      user: "shop",
      password: PASSWORD,
    },
  });
  const startedAt = Date.now();
  await assert.rejects(lost.execute(CATALOG, statement`select 1`), {
    code: "ASHLAR_DATABASE_REFUSED",
    retryable: false,
    message: /"nowhere" does not exist/,
  });
  assert.ok(Date.now() - startedAt < 2_000);
  await lost.stop();
});

test("ping needs no role and answers only if the server does", async () => {
  const fresh = cluster.pool();
  await fresh.ping();
  assert.equal(fresh.stats().size, 1);
  await fresh.stop();
  await assert.rejects(fresh.ping(), { code: "ASHLAR_POOL_STOPPED" });
  const nowhere = cluster.pool({ waitTimeoutMs: 60 }, 1);
  await assert.rejects(nowhere.ping(), {
    code: "ASHLAR_DATABASE_UNAVAILABLE",
    retryable: true,
    message: /ECONNREFUSED/,
  });
  await nowhere.stop();
});

test("stop lets work in progress finish, refuses new work and may be called again", async () => {
  const stopping = cluster.pool({ max: 1, applicationName: "stopping" });
  const transaction = stopping.begin();
  await transaction.execute(CATALOG, statement`select 1`);
  const waiting = stopping.execute(BILLING, statement`select 2 as two`);
  const stopped = stopping.stop();
  await turn();
  await assert.rejects(stopping.execute(CATALOG, statement`select 1`), { code: "ASHLAR_POOL_STOPPED" });
  await transaction.execute(CATALOG, statement`select 3`);
  await transaction.commit();
  assert.equal((await waiting).rows[0]?.two, 2);
  await stopped;
  await stopping.stop();
  assert.equal(stopping.stats().size, 0);
  assert.deepEqual(
    await cluster.admin("select pid from pg_stat_activity where application_name = 'stopping'"),
    [],
  );
});

test("stop cuts off what does not end in time", async () => {
  const stopping = cluster.pool({ stopTimeoutMs: 30 });
  const endless = assert.rejects(stopping.execute(CATALOG, statement`select pg_sleep(60)`), {
    code: "ASHLAR_DATABASE_UNAVAILABLE",
  });
  await stopping.ping();
  await stopping.stop();
  await endless;
  assert.equal(stopping.stats().size, 0);
});
