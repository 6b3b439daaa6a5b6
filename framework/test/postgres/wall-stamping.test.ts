import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { type Pool, type Savepoint, statement, type Transaction } from "../../src/postgres/index.ts";
import {
  BILLING,
  CATALOG,
  IDENTITY,
  ORDERING,
  PASSWORD,
  ROLES,
  startWalledCluster,
  type WalledCluster,
} from "./walled-cluster.ts";
import { startWireProxy, type WireProxy } from "./wire-proxy.ts";

let cluster: WalledCluster;
let pool: Pool;

before(async () => {
  cluster = await startWalledCluster();
  pool = cluster.pool({ waitTimeoutMs: 20_000 });
});

after(async () => {
  await pool.stop();
  await cluster.stop();
});

const who = statement`select current_user as who`;
const roleOf = (run: Promise<{ rows: Record<string, unknown>[] }>) => run.then(({ rows }) => rows[0]?.who);

test("10,000 interleaved statements under four roles each run under their own", {
  timeout: 60_000,
}, async () => {
  const random = randomFrom(20_261_121);
  let checked = 0;

  const check = async (
    role: string,
    run: (text: typeof who) => Promise<{ rows: Record<string, unknown>[] }>,
  ) => {
    const mayFail = random() < 0.02;
    const { rows } = await run(mayFail ? statement`select current_user as who, 1 / ${0}::integer` : who);
    assert.equal(rows[0]?.who, role);
    checked++;
  };
  const anyRole = () => ROLES[Math.floor(random() * ROLES.length)] as string;

  const branch = async (transaction: Transaction, savepoint?: Savepoint) => {
    for (let step = 0; step < 3; step++) {
      const role = anyRole();
      await check(role, (text) => transaction.execute(role, text, savepoint));
    }
  };
  const inTransaction = async () => {
    const transaction = pool.begin();
    try {
      const inSavepoint = () =>
        transaction
          .savepoint(async (savepoint) => {
            await Promise.all([branch(transaction, savepoint), branch(transaction, savepoint)]);
            if (random() < 0.5) throw new Error("undone");
          })
          .catch(() => {});
      await Promise.all([branch(transaction), inSavepoint(), branch(transaction), inSavepoint()]);
      await transaction.commit();
    } catch {
      await transaction.rollback();
    }
  };
  const worker = async () => {
    while (checked < 10_000) {
      if (random() < 0.5) await inTransaction();
      else {
        const role = anyRole();
        await check(role, (text) => pool.execute(role, text)).catch((error) => {
          assert.equal(error.code, "ASHLAR_VALUE_REFUSED");
        });
      }
    }
  };
  await Promise.all(Array.from({ length: 40 }, worker));
  assert.ok(checked >= 10_000);
  assert.deepEqual(pool.stats().inUse, 0);
});

/** Mulberry32: the same mixture every time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

test("Promise.all over four roles in one transaction is one transaction under four roles", async () => {
  const transaction = pool.begin();
  const identity = statement`select current_user as who, pg_current_xact_id()::text as xid`;
  const results = await Promise.all([...ROLES, ...ROLES].map((role) => transaction.execute(role, identity)));
  assert.deepEqual(
    results.map(({ rows }) => rows[0]?.who),
    [...ROLES, ...ROLES],
  );
  assert.equal(new Set(results.map(({ rows }) => rows[0]?.xid)).size, 1);
  await transaction.rollback();
});

test("after ROLLBACK TO, which restores an earlier role, statements still run under their own", async () => {
  const transaction = pool.begin();
  await transaction.execute(CATALOG, who);
  await transaction
    .savepoint(async (savepoint) => {
      await transaction.execute(ORDERING, who, savepoint);
      throw new Error("undo");
    })
    .catch(() => {});
  assert.equal(await roleOf(transaction.execute(ORDERING, who)), ORDERING);
  await transaction
    .savepoint(async (savepoint) => {
      await transaction.execute(BILLING, who, savepoint);
      await transaction.execute(BILLING, statement`select 1 / 0`, savepoint);
    })
    .catch(() => {});
  assert.equal(await roleOf(transaction.execute(BILLING, who)), BILLING);
  await transaction.savepoint(async (savepoint) => transaction.execute(IDENTITY, who, savepoint));
  assert.equal(await roleOf(transaction.execute(IDENTITY, who)), IDENTITY);
  await transaction.commit();
});

test("a role that the login may not take fails the statement before it runs", async () => {
  await cluster.admin(`
    create role shop_refunds_app;
    grant shop_refunds_app to shop with inherit false, set true;
    grant usage on schema catalog to shop_refunds_app;
    grant select, insert on catalog.items to shop_refunds_app;
  `);
  const insert = (id: number) => statement`insert into catalog.items values (${id}, 'x', 1)`;
  for (const id of [9_001, 9_002, 9_003]) await pool.execute("shop_refunds_app", insert(id));

  await cluster.admin("revoke shop_refunds_app from shop");
  // Begun after the revocation: a transaction under way may go by what it knew of memberships when it began.
  const transaction = pool.begin();
  await transaction.execute(CATALOG, insert(9_004));
  const refused = {
    code: "ASHLAR_WALL",
    message: /role "shop_refunds_app": the login may not act as it.*provisioning/,
  };
  await assert.rejects(pool.execute("shop_refunds_app", insert(9_005)), refused);
  await assert.rejects(transaction.execute("shop_refunds_app", insert(9_006)), refused);
  await assert.rejects(transaction.commit(), { code: "ASHLAR_TRANSACTION_ABORTED" });
  await assert.rejects(pool.execute("shop_nobody_app", insert(9_007)), {
    code: "ASHLAR_WALL",
    sqlState: "22023",
    message: /no role "shop_nobody_app".*provisioning/,
  });

  const { rows } = await pool.execute(
    CATALOG,
    statement`select id from catalog.items where id > 9000 order by id`,
  );
  assert.deepEqual(
    rows.map(({ id }) => id),
    [9_001, 9_002, 9_003],
  );
});

test("nothing can be sent without a role, or with one that is not a role's name", async () => {
  for (const role of ["", "none", 'a"; select 1', "Shop", "shop_catalog_app; reset role"]) {
    await assert.rejects(pool.execute(role, who), { code: "ASHLAR_INVALID_NAME" }, role);
    const transaction = pool.begin();
    await assert.rejects(transaction.execute(role, who), { code: "ASHLAR_INVALID_NAME" }, role);
    assert.equal(transaction.begun, false);
    assert.equal(await roleOf(transaction.execute(CATALOG, who)), CATALOG);
    await transaction.rollback();
  }
});

test("the login has no rights of its own, so a statement that lost its role would fail", async () => {
  const login = new pg.Client({
    host: cluster.host,
    port: cluster.port,
    database: "postgres",
    user: "shop",
    password: PASSWORD,
  });
  await login.connect();
  await assert.rejects(login.query("select * from catalog.items"), { code: "42501" });
  await login.end();

  const unwalled = cluster.pool({ walls: false });
  await assert.rejects(unwalled.execute(CATALOG, statement`select * from catalog.items`), {
    code: "ASHLAR_WALL",
  });
  await unwalled.stop();
});

test("a plan prepared under one role gives another role nothing", async () => {
  const single = cluster.pool({ max: 1 });
  const read = statement`select name from billing.items where id = ${1}`;
  for (let use = 0; use < 8; use++) await single.execute(BILLING, read);
  await assert.rejects(single.execute(ORDERING, read), { code: "ASHLAR_WALL" });
  assert.equal((await single.execute(BILLING, read)).rowCount, 1);
  await single.stop();
});

test("statements that could change the role, the session or the transaction never leave the process", async () => {
  const { syncs } = pool.stats();
  const transaction = pool.begin();
  for (const text of [
    "reset role",
    `set local role ${BILLING}`,
    "commit",
    "discard all",
    "do $$ begin end $$",
    "abort",
  ]) {
    await assert.rejects(pool.execute(CATALOG, { text, values: [] }), { code: "ASHLAR_STATEMENT_REFUSED" });
    await assert.rejects(transaction.execute(CATALOG, { text, values: [] }), {
      code: "ASHLAR_STATEMENT_REFUSED",
    });
  }
  await transaction.rollback();
  assert.equal(pool.stats().syncs, syncs);
  const two = { text: `select 1; set role ${BILLING}`, values: [] };
  await assert.rejects(pool.execute(CATALOG, two), { sqlState: "42601" });
});

test("a server that could not be hardened is protected by the strict gate", async () => {
  const attempt = statement`select set_config('role', ${BILLING}, true)`;
  const open = cluster.pool();
  assert.equal(
    (await open.execute(CATALOG, attempt)).rowCount,
    1,
    "the attempt works where nothing is hardened",
  );
  await open.stop();
  const strict = cluster.pool({ strictGate: true });
  await assert.rejects(strict.execute(CATALOG, attempt), {
    code: "ASHLAR_STATEMENT_REFUSED",
    message: /set_config/,
  });
  await strict.stop();
});

test("an attempt by set_config ends with its statement and with its transaction", async () => {
  const single = cluster.pool({ max: 1 });
  await single.execute(CATALOG, statement`select set_config('role', ${BILLING}, false)`);
  assert.equal(await roleOf(single.execute(CATALOG, who)), CATALOG);
  await single.stop();
});

test("the role adds no round trip, counted on the wire", async () => {
  const proxy = await startWireProxy(cluster.port);
  const [walled, bare] = [
    cluster.pool({ max: 1 }, proxy.port),
    cluster.pool({ max: 1, walls: false }, proxy.port),
  ];
  const work = async (through: Pool) => {
    for (let read = 0; read < 3; read++) await through.execute(CATALOG, who);
    const transaction = through.begin();
    for (const role of [...ROLES, ...ROLES]) await transaction.execute(role, who);
    await transaction.savepoint(async (savepoint) => transaction.execute(CATALOG, who, savepoint));
    await transaction
      .savepoint(async (savepoint) => {
        await transaction.execute(ORDERING, who, savepoint);
        throw new Error("undo");
      })
      .catch(() => {});
    await transaction.commit();
    await through.begin().commit();
  };
  const counted = async (through: Pool) => {
    const [onTheWire, inTheStats] = [proxy.roundTrips, through.stats().syncs];
    await work(through);
    assert.equal(proxy.roundTrips - onTheWire, through.stats().syncs - inTheStats);
    return proxy.roundTrips - onTheWire;
  };
  assert.equal(await counted(bare), 3 + 8 + 2 + 1);
  assert.equal(await counted(walled), 3 + 8 + 2 + 1);
  assert.deepEqual(messagesOf(await lastGroup(proxy, walled, CATALOG)), "bind execute bind execute sync");
  await Promise.all([walled.stop(), bare.stop()]);
  await proxy.stop();
});

async function lastGroup(proxy: WireProxy, through: Pool, role: string): Promise<readonly string[]> {
  await through.execute(role, who);
  return proxy.groups.at(-1) ?? [];
}

function messagesOf(group: readonly string[]): string {
  return group.join(" ");
}

test("opening a connection prepares nothing in advance", async () => {
  const proxy = await startWireProxy(cluster.port);
  const fresh = cluster.pool({ max: 1 }, proxy.port);
  await fresh.execute(CATALOG, who);
  assert.equal(proxy.roundTrips, 1);
  // What comes before is the log-in.
  const messages = messagesOf(proxy.groups[0] ?? []);
  assert.equal(
    messages.slice(messages.indexOf("close")),
    "close parse bind execute parse bind describe execute sync",
  );
  await fresh.stop();
  await proxy.stop();
});
