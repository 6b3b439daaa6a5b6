import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import {
  type DatabaseError,
  type Pool,
  type Savepoint,
  statement,
  type Transaction,
} from "../../src/postgres/index.ts";
import {
  BILLING,
  CATALOG,
  IDENTITY,
  ORDERING,
  ROLES,
  startWalledCluster,
  type WalledCluster,
} from "./walled-cluster.ts";
import { startWireProxy } from "./wire-proxy.ts";

let cluster: WalledCluster;
let pool: Pool;

before(async () => {
  cluster = await startWalledCluster();
  await cluster.admin(`
    create table billing.deferred (id integer unique deferrable initially deferred);
    grant select, insert on billing.deferred to ${BILLING};
  `);
  pool = cluster.pool({ waitTimeoutMs: 2_000 });
});

afterEach(() => {
  const { inUse, waiting } = pool.stats();
  assert.deepEqual({ inUse, waiting }, { inUse: 0, waiting: 0 }, "a test left a connection checked out");
});

after(async () => {
  await pool.stop();
  await cluster.stop();
});

const insert = (id: number) => statement`insert into catalog.items values (${id}, 'new', 1)`;
const who = statement`select current_user as who`;
const fail = statement`select 1 / 0`;

async function stored(...ids: number[]): Promise<number[]> {
  const { rows } = await pool.execute(
    CATALOG,
    statement`select id from catalog.items where id = any(${ids}::integer[]) order by id`,
  );
  return rows.map(({ id }) => id as number);
}

function code(expected: string, cause?: { sqlState: string }) {
  return (error: unknown) => {
    assert.equal((error as { code?: unknown }).code, expected);
    if (cause !== undefined) assert.equal(((error as Error).cause as DatabaseError).sqlState, cause.sqlState);
    return true;
  };
}

test("a transaction without statements costs nothing", async () => {
  const before = pool.stats();
  for (const end of ["commit", "rollback"] as const) {
    const transaction = pool.begin();
    await transaction.savepoint(async () => "nothing either");
    await transaction[end]();
    assert.equal(transaction.begun, false);
    assert.equal(transaction.closed, true);
  }
  assert.deepEqual(pool.stats(), before);
});

test("BEGIN travels with the first statement and a committed transaction is seen", async () => {
  const { syncs } = pool.stats();
  const transaction = pool.begin();
  assert.equal(pool.stats().inUse, 0);
  await transaction.execute(CATALOG, insert(201));
  await transaction.execute(CATALOG, insert(202));
  await transaction.commit();
  assert.equal(pool.stats().syncs - syncs, 3);
  assert.equal(transaction.statements, 2);
  assert.deepEqual(await stored(201, 202), [201, 202]);
});

test("a rolled back transaction leaves nothing", async () => {
  const transaction = pool.begin();
  await transaction.execute(CATALOG, insert(203));
  await transaction.rollback();
  await transaction.rollback();
  assert.deepEqual(await stored(203), []);
});

test("after its end a transaction takes nothing more", async () => {
  for (const end of ["commit", "rollback"] as const) {
    const transaction = pool.begin();
    await transaction.execute(CATALOG, who);
    await transaction[end]();
    await assert.rejects(transaction.execute(CATALOG, who), code("ASHLAR_TRANSACTION_CLOSED"));
    await assert.rejects(
      transaction.savepoint(async () => {}),
      code("ASHLAR_TRANSACTION_CLOSED"),
    );
    await assert.rejects(transaction.commit(), code("ASHLAR_TRANSACTION_CLOSED"));
    await transaction.rollback();
  }
});

test("statements issued together reach the first failure as their cause", async () => {
  const transaction = pool.begin();
  await transaction.execute(CATALOG, insert(204));
  const results = await Promise.allSettled([
    transaction.execute(CATALOG, who),
    transaction.execute(ORDERING, fail),
    transaction.execute(BILLING, who),
    transaction.execute(CATALOG, insert(205)),
  ]);
  assert.deepEqual(
    results.map((result) => (result.status === "fulfilled" ? "ok" : result.reason.code)),
    ["ok", "ASHLAR_VALUE_REFUSED", "ASHLAR_TRANSACTION_ABORTED", "ASHLAR_TRANSACTION_ABORTED"],
  );
  const { syncs } = pool.stats();
  const first = { sqlState: "22012" };
  await assert.rejects(transaction.execute(CATALOG, who), code("ASHLAR_TRANSACTION_ABORTED", first));
  assert.equal(pool.stats().syncs, syncs, "a statement that must fail is not sent");
  await assert.rejects(transaction.commit(), code("ASHLAR_TRANSACTION_ABORTED", first));
  assert.deepEqual(await stored(204, 205), []);
});

test("a transaction aborted for a retryable reason is retryable", async () => {
  const [one, two] = [pool.begin({ isolation: "serializable" }), pool.begin({ isolation: "serializable" })];
  const sum = statement`select sum(quantity)::integer from catalog.items where id in (1, 2)`;
  await Promise.all([one.execute(CATALOG, sum), two.execute(CATALOG, sum)]);
  await one.execute(CATALOG, statement`update catalog.items set quantity = quantity + 1 where id = 1`);
  await two.execute(CATALOG, statement`update catalog.items set quantity = quantity + 1 where id = 2`);
  await one.commit();
  await assert.rejects(two.commit(), { code: "ASHLAR_SERIALIZATION_FAILURE", retryable: true });
});

test("a constraint that is checked at commit fails the commit and frees the connection", async () => {
  const transaction = pool.begin();
  await transaction.execute(BILLING, statement`insert into billing.deferred values (1), (1)`);
  await assert.rejects(transaction.commit(), code("ASHLAR_UNIQUE_VIOLATION"));
  assert.equal(transaction.closed, true);
});

test("commit waits for statements nobody awaited, and fails if one of them failed", async () => {
  const good = pool.begin();
  void good.execute(CATALOG, insert(206));
  void good.execute(CATALOG, insert(207));
  await good.commit();
  assert.deepEqual(await stored(206, 207), [206, 207]);

  const bad = pool.begin();
  void bad.execute(CATALOG, insert(208));
  bad.execute(CATALOG, fail).catch(() => {});
  await assert.rejects(bad.commit(), code("ASHLAR_TRANSACTION_ABORTED"));
  assert.deepEqual(await stored(208), []);
});

test("a spoiled transaction can only be rolled back", async () => {
  const transaction = pool.begin();
  await transaction.execute(CATALOG, insert(209));
  const reason = new Error("out of stock");
  transaction.spoil(reason);
  transaction.spoil(new Error("a later reason"));
  await assert.rejects(transaction.execute(CATALOG, who), {
    code: "ASHLAR_TRANSACTION_SPOILED",
    cause: reason,
  });
  await assert.rejects(transaction.commit(), { code: "ASHLAR_TRANSACTION_SPOILED", cause: reason });
  assert.equal(transaction.closed, true);
  assert.deepEqual(await stored(209), []);
});

test("past the deadline no statement is sent, but what was done can be committed", async () => {
  const late = pool.begin({ deadline: Date.now() - 1 });
  await assert.rejects(late.execute(CATALOG, who), code("ASHLAR_DEADLINE_EXCEEDED"));
  await late.rollback();

  const deadline = Date.now() + 60;
  const transaction = pool.begin({ deadline });
  await transaction.execute(CATALOG, insert(210));
  await transaction.execute(CATALOG, statement`select pg_sleep(${(deadline - Date.now() + 5) / 1_000})`);
  await assert.rejects(transaction.execute(CATALOG, who), code("ASHLAR_DEADLINE_EXCEEDED"));
  await transaction.commit();
  assert.deepEqual(await stored(210), [210]);
});

test("a lock is waited for as long as the transaction allows", async () => {
  const lock = statement`select id from catalog.items where id = 10 for update`;
  const [holder, waiter] = [pool.begin(), pool.begin({ lockTimeoutMs: 20 })];
  await holder.execute(CATALOG, lock);
  await assert.rejects(waiter.execute(CATALOG, lock), { code: "ASHLAR_LOCK_TIMEOUT", retryable: true });
  await waiter.rollback();
  const { rows } = await pool.execute(CATALOG, statement`select current_setting('lock_timeout') as value`);
  assert.equal(rows[0]?.value, "5s");
  await holder.rollback();
});

test("the isolation level is the one asked for", async () => {
  for (const isolation of ["read committed", "repeatable read", "serializable"] as const) {
    const transaction = pool.begin({ isolation });
    const { rows } = await transaction.execute(
      CATALOG,
      statement`select current_setting('transaction_isolation') as level`,
    );
    assert.equal(rows[0]?.level, isolation);
    await transaction.rollback();
  }
});

test("a savepoint undoes only itself, without a round trip of its own", async () => {
  const { syncs } = pool.stats();
  const transaction = pool.begin();
  await transaction.execute(CATALOG, insert(211));
  const kept = await transaction.savepoint(async (savepoint) => {
    await transaction.execute(CATALOG, insert(212), savepoint);
    return "kept";
  });
  assert.equal(kept, "kept");
  const error = new Error("changed my mind");
  const undone = transaction.savepoint(async (savepoint) => {
    await transaction.execute(CATALOG, insert(213), savepoint);
    throw error;
  });
  await assert.rejects(undone, (thrown) => thrown === error);
  await transaction.execute(CATALOG, insert(214));
  await transaction.commit();
  assert.equal(pool.stats().syncs - syncs, 5);
  assert.deepEqual(await stored(211, 212, 213, 214), [211, 212, 214]);
});

test("a savepoint undone right before the commit stays undone", async () => {
  const transaction = pool.begin();
  await transaction.execute(CATALOG, insert(215));
  await transaction
    .savepoint(async (savepoint) => {
      await transaction.execute(CATALOG, insert(216), savepoint);
      throw new Error("no");
    })
    .catch(() => {});
  await transaction.commit();
  assert.deepEqual(await stored(215, 216), [215]);
});

test("a failure inside a savepoint does not spoil the transaction", async () => {
  const transaction = pool.begin();
  await assert.rejects(
    transaction.savepoint(async (savepoint) => {
      await transaction.execute(CATALOG, insert(217), savepoint);
      await transaction.execute(CATALOG, insert(1), savepoint);
    }),
    code("ASHLAR_UNIQUE_VIOLATION"),
  );
  await transaction.execute(CATALOG, insert(218));
  await transaction.commit();
  assert.deepEqual(await stored(217, 218), [218]);
});

test("a failure that was caught inside a savepoint still undoes it", async () => {
  const transaction = pool.begin();
  const savepoint = transaction.savepoint(async (savepoint) => {
    await transaction.execute(CATALOG, insert(219), savepoint);
    await transaction.execute(CATALOG, fail, savepoint).catch(() => {});
    await assert.rejects(
      transaction.execute(CATALOG, who, savepoint),
      code("ASHLAR_TRANSACTION_ABORTED", { sqlState: "22012" }),
    );
  });
  await assert.rejects(savepoint, code("ASHLAR_TRANSACTION_ABORTED", { sqlState: "22012" }));
  await transaction.commit();
  assert.deepEqual(await stored(219), []);
});

test("savepoints nest, and the outer one undoes the inner one", async () => {
  const transaction = pool.begin();
  await transaction
    .savepoint(async (outer) => {
      await transaction.execute(CATALOG, insert(220), outer);
      await transaction.savepoint(async (inner) => transaction.execute(CATALOG, insert(221), inner), outer);
      await transaction
        .savepoint(async (inner) => transaction.execute(CATALOG, insert(1), inner), outer)
        .catch(() => {});
      await transaction.execute(CATALOG, insert(222), outer);
      throw new Error("undo all of it");
    })
    .catch(() => {});
  await transaction.savepoint(async (outer) => {
    await transaction.savepoint(async (inner) => transaction.execute(CATALOG, insert(223), inner), outer);
    await transaction.savepoint(async () => {}, outer);
  });
  await transaction.commit();
  assert.deepEqual(await stored(220, 221, 222, 223), [223]);
});

test("a savepoint opened after its parent had failed unnoticed harms nothing", async () => {
  const transaction = pool.begin();
  await transaction.execute(CATALOG, insert(224));
  await assert.rejects(
    transaction.savepoint(async (outer) => {
      await transaction.execute(CATALOG, insert(225), outer);
      const failing = transaction.execute(CATALOG, fail, outer);
      const inner = transaction.savepoint(async (inner) => transaction.execute(CATALOG, who, inner), outer);
      await Promise.allSettled([failing, inner]);
      await failing;
    }, undefined),
    code("ASHLAR_VALUE_REFUSED"),
  );
  await transaction.execute(CATALOG, insert(226));
  await transaction.commit();
  assert.deepEqual(await stored(224, 225, 226), [224, 226]);
});

test("statements of other branches wait until a savepoint is closed", async () => {
  const transaction = pool.begin();
  const order: string[] = [];
  const note = async (name: string, role: string, savepoint?: Savepoint) => {
    const { rows } = await transaction.execute(role, who, savepoint);
    assert.equal(rows[0]?.who, role);
    order.push(name);
  };
  await transaction.execute(CATALOG, who);
  await Promise.all([
    transaction
      .savepoint(async (savepoint) => {
        await note("inside 1", ORDERING, savepoint);
        await note("inside 2", BILLING, savepoint);
        throw new Error("undo");
      })
      .catch(() => {}),
    note("outside", IDENTITY),
    transaction.savepoint((savepoint) => note("sibling", CATALOG, savepoint)),
    note("outside too", ORDERING),
  ]);
  assert.deepEqual(order.slice(0, 2), ["inside 1", "inside 2"]);
  assert.deepEqual(order.slice(2).sort(), ["outside", "outside too", "sibling"]);
  await transaction.commit();
});

test("waiting inside a savepoint for a statement outside of it ends with an error, not in silence", async () => {
  const impatient = cluster.pool({ waitTimeoutMs: 200 });
  const transaction = impatient.begin();
  await assert.rejects(
    transaction.savepoint(async (savepoint) => {
      await transaction.execute(CATALOG, who, savepoint);
      await transaction.execute(CATALOG, who);
    }),
    { code: "ASHLAR_SAVEPOINT_WAIT_EXPIRED", message: /waited 200 ms .* pass the savepoint/ },
  );
  await transaction.execute(CATALOG, who);
  await transaction.commit();
  const bounded = pool.begin({ deadline: Date.now() + 200 });
  await assert.rejects(
    bounded.savepoint(async () => bounded.execute(CATALOG, who)),
    code("ASHLAR_SAVEPOINT_WAIT_EXPIRED"),
  );
  await bounded.rollback();
  await impatient.stop();
});

test("a savepoint that has ended takes no statement, and committing inside one is refused", async () => {
  const transaction = pool.begin();
  const kept = await transaction.savepoint(async (savepoint) => savepoint);
  await assert.rejects(transaction.execute(CATALOG, who, kept), code("ASHLAR_SAVEPOINT_CLOSED"));
  await transaction.savepoint(async () => {
    await assert.rejects(transaction.commit(), code("ASHLAR_TRANSACTION_SPOILED"));
  });
  assert.equal(transaction.closed, true);
});

test("a rollback does not wait for others and wakes those who wait", async () => {
  const transaction = pool.begin();
  await transaction.execute(CATALOG, who);
  let close = () => {};
  const opened = transaction.savepoint(
    () =>
      new Promise<void>((resolve) => {
        close = resolve;
      }),
  );
  const waiting = assert.rejects(transaction.execute(CATALOG, who), code("ASHLAR_TRANSACTION_CLOSED"));
  await transaction.rollback();
  await waiting;
  close();
  await opened;
});

test("a rollback while the connection is still awaited gives it back unused", async () => {
  const small = cluster.pool({ max: 1 });
  const holder = small.begin();
  await holder.execute(CATALOG, who);
  const transaction = small.begin();
  const refused = assert.rejects(transaction.execute(CATALOG, who), code("ASHLAR_TRANSACTION_CLOSED"));
  await transaction.rollback();
  await holder.commit();
  await refused;
  assert.deepEqual(small.stats().inUse, 0);
  await small.stop();
});

test("a backend killed in the middle of a transaction fails it for good and leaves the pool sound", async () => {
  const transaction = pool.begin();
  const { rows } = await transaction.execute(CATALOG, statement`select pg_backend_pid() as pid`);
  await transaction.execute(CATALOG, insert(230));
  const killed = assert.rejects(
    transaction.execute(CATALOG, statement`select pg_sleep(30)`),
    (error: { code: string; retryable: boolean }) =>
      error.code === "ASHLAR_DATABASE_UNAVAILABLE" && error.retryable,
  );
  await cluster.admin(`select pg_terminate_backend(${rows[0]?.pid})`);
  await killed;
  await assert.rejects(transaction.execute(CATALOG, who), code("ASHLAR_TRANSACTION_ABORTED"));
  await assert.rejects(transaction.commit(), { code: "ASHLAR_TRANSACTION_ABORTED", retryable: true });
  assert.deepEqual(await stored(230), []);
});

test("a transaction that idles or runs too long is ended, and says so", async () => {
  const limited: [Parameters<WalledCluster["pool"]>[0], (transaction: Transaction) => Promise<unknown>][] = [
    [
      { transactionTimeoutMs: 40 },
      (transaction) => transaction.execute(CATALOG, statement`select pg_sleep(30)`),
    ],
    [
      { idleInTransactionTimeoutMs: 20 },
      async (transaction) => {
        await lost;
        await transaction.execute(CATALOG, who);
      },
    ],
  ];
  let lost: Promise<void> = Promise.resolve();
  for (const [options, work] of limited) {
    let report = () => {};
    lost = new Promise((resolve) => {
      report = resolve;
    });
    const short = cluster.pool({ ...options, onConnectionLost: () => report() });
    const transaction = short.begin();
    await transaction.execute(CATALOG, who);
    await assert.rejects(work(transaction), { code: "ASHLAR_TRANSACTION_TIMEOUT", retryable: false });
    await transaction.rollback();
    await short.execute(CATALOG, who);
    await short.stop();
  }
});

test("a connection that dies during COMMIT leaves the outcome unknown, and says that", async () => {
  const proxy = await startWireProxy(cluster.port);
  const distant = cluster.pool({}, proxy.port);
  const transaction = distant.begin();
  await transaction.execute(CATALOG, insert(240));
  const answered = proxy.cutClientAfter("commit");
  await assert.rejects(transaction.commit(), { code: "ASHLAR_COMMIT_OUTCOME_UNKNOWN", retryable: false });
  await answered;
  assert.deepEqual(await stored(240), [240], "this one did commit");
  await transaction.rollback();
  assert.equal(distant.stats().inUse, 0);

  const text = "insert into catalog.items values (241, 'x', 1)";
  const cut = proxy.cutClientAfter(text);
  await assert.rejects(distant.execute(CATALOG, { text, values: [] }), {
    code: "ASHLAR_COMMIT_OUTCOME_UNKNOWN",
  });
  await cut;
  const read = "select 'cut'";
  const cutAgain = proxy.cutClientAfter(read);
  await assert.rejects(distant.execute(CATALOG, { text: read, values: [] }), {
    code: "ASHLAR_DATABASE_UNAVAILABLE",
    retryable: true,
  });
  await cutAgain;
  await distant.stop();
  await proxy.stop();
});

test("many transactions at once, some failing, keep their effects apart", async () => {
  await Promise.all(
    Array.from({ length: 60 }, async (_, index) => {
      const transaction = pool.begin();
      const id = 1_000 + index;
      try {
        await Promise.all([
          transaction.execute(CATALOG, insert(id)),
          ...ROLES.map((role) => transaction.execute(role, who)),
        ]);
        if (index % 3 === 0) await transaction.execute(BILLING, fail);
        await transaction.commit();
      } catch {
        await transaction.rollback();
      }
    }),
  );
  const ids = Array.from({ length: 60 }, (_, index) => 1_000 + index);
  assert.deepEqual(
    await stored(...ids),
    ids.filter((id) => (id - 1_000) % 3 !== 0),
  );
});
