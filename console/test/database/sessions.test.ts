import assert from "node:assert/strict";
import { test } from "node:test";
import { Refusal } from "ashlar/http";
import { eventually } from "ashlar/testing";
import type { BlockingTreeView, DatabaseNow, DatabaseSession } from "../../api/database.ts";
import { APP, ORDERING, openWard } from "./ward.ts";

const ward = await openWard();

/** Holds a note of ordering in a transaction, under the module's role. */
async function holder(id: number) {
  const session = await ward.session();
  await session.query(`begin; set local role ${ORDERING}`);
  await session.query(`update ordering.notes set text = 'secret-of-${id}' where id = ${id}`);
  return session;
}

async function seen(pid: number): Promise<DatabaseSession | undefined> {
  return (await ward.read<DatabaseNow>("/database")).sessions.find((session) => session.pid === pid);
}

async function isAlive(pid: number): Promise<boolean> {
  return (await ward.sql("select from pg_stat_activity where pid = $1", [pid])).length === 1;
}

const target = ({ pid, startedAt }: DatabaseSession) => ({ pid, startedAt });

test("a tree of three sessions: who is at the root, who waits for whom, of which module, without values", async () => {
  const root = await holder(1);
  const middle = await holder(2);
  const waits = middle.query("update ordering.notes set text = 'secret' where id = 1");
  const last = await ward.session();
  await last.query(`begin; set local role ${ORDERING}`);
  const waitsToo = last.query("update ordering.notes set text = 'secret' where id = 2");
  const now = await eventually("both wait", async () => {
    const found = await ward.read<DatabaseNow>("/database");
    return found.blocking[0]?.waiters === 2 ? found : null;
  });
  assert.equal(now.blocking.length, 1);
  const tree = now.blocking[0] as BlockingTreeView;
  assert.equal(tree.root.pid, root.processID);
  assert.equal(tree.root.session!.module, "ordering");
  assert.equal(tree.root.session!.state, "idle in transaction");
  assert.ok(tree.root.session!.idleMs! > 0);
  assert.equal(tree.root.session!.statement, "update ordering.notes set text = ? where id = ?");
  const [second] = tree.root.below;
  assert.equal(second!.pid, middle.processID);
  assert.match(second!.session!.wait!, /^Lock: /);
  assert.deepEqual(
    second!.below.map(({ pid }) => pid),
    [last.processID],
  );
  assert.ok(second!.waitMs >= second!.below[0]!.waitMs);
  assert.equal(tree.longestMs, second!.waitMs);
  assert.doesNotMatch(JSON.stringify(now), /secret/);
  // The root first: it has been in its transaction for longest.
  assert.equal(now.sessions[0]!.pid, root.processID);

  await ward.act("/database/terminate", target(tree.root.session!));
  await waits;
  await middle.query("rollback");
  await waitsToo;
  await last.query("rollback");
  assert.equal(await isAlive(root.processID), false);
  assert.deepEqual((await ward.read<DatabaseNow>("/database")).blocking, []);
});

test("terminate: a dry run tells whose session it is and ends none; then it ends that one alone", async () => {
  const one = await holder(3);
  const other = await holder(4);
  const session = (await seen(one.processID))!;
  const would = await ward.act("/database/terminate", target(session), true);
  assert.deepEqual(would, {
    count: 1,
    summary: `Would end session ${one.processID} of module ordering; its transaction is rolled back and its caller gets an error`,
  });
  assert.equal(await isAlive(one.processID), true);
  const did = await ward.act("/database/terminate", target(session));
  assert.deepEqual(did, { count: 1, summary: `Ended session ${one.processID} of module ordering` });
  assert.equal(await isAlive(one.processID), false);
  assert.equal(await isAlive(other.processID), true);
  const again = await ward.act("/database/terminate", target(session));
  assert.deepEqual(again, { count: 0, summary: `Session ${one.processID} has already ended` });
  await other.query("rollback");
});

test("a session that got the number of one that is gone is left alone", async () => {
  const session = await holder(5);
  const { pid, startedAt } = (await seen(session.processID))!;
  for (const path of ["/database/terminate", "/database/cancel"]) {
    const outcome = await ward.act(path, { pid, startedAt: startedAt - 1 });
    assert.equal(outcome.count, 0);
  }
  assert.equal(await isAlive(pid), true);
  await session.query("rollback");
});

test("cancel ends the statement and leaves the session", async () => {
  const session = await ward.session();
  const sleeps = session.query("select pg_sleep(60)");
  const running = await eventually("it sleeps", async () => {
    const found = await seen(session.processID);
    return found?.statementMs == null ? null : found;
  });
  assert.equal(running.module, null);
  assert.equal(running.wait, "Timeout: PgSleep");
  const refused = assert.rejects(sleeps, /canceling statement/);
  assert.equal((await ward.act("/database/cancel", target(running))).count, 1);
  await refused;
  assert.equal(await isAlive(session.processID), true);
});

test("sessions of a superuser and the console's own are refused, and why is said", async () => {
  const superuser = await ward.session("superuser");
  await superuser.query("begin; select 1");
  const session = (await seen(superuser.processID))!;
  assert.match(session.keptBy!, /superuser/);
  await assert.rejects(
    ward.act("/database/terminate", target(session)),
    (error: Refusal) => error instanceof Refusal && /belongs to a superuser/.test(error.problem.detail!),
  );
  await superuser.query("rollback");
  const [own] = await ward.sql(
    `select pid, (extract(epoch from backend_start) * 1000)::bigint::float8 as "startedAt" from pg_stat_activity
     where usename = $1 and application_name = 'ashlar console' limit 1`,
    [`${APP}_console`],
  );
  await assert.rejects(
    ward.act("/database/terminate", own!),
    (error: Refusal) => error instanceof Refusal && /the console's own/.test(error.problem.detail!),
  );
});

test("what is no session is refused before anything is done", async () => {
  for (const input of [{}, { pid: 0, startedAt: 1 }, { pid: "1; drop", startedAt: 1 }, { pid: 1 }, null]) {
    await assert.rejects(ward.act("/database/terminate", input as object), Refusal);
  }
});

test("connections add up, and those of the app that work for a module are its own", async () => {
  const sessions = [await holder(6), await holder(7)];
  const { connections, limits, server } = await ward.read<DatabaseNow>("/database");
  assert.deepEqual(limits, []);
  assert.equal(
    connections.groups.reduce((total, { count }) => total + count, 0),
    connections.used,
  );
  assert.ok(connections.used < connections.max);
  assert.equal(connections.groups.find(({ module }) => module === "ordering")?.count, 2);
  assert.match(server.version, /^\d+\.\d+/);
  assert.ok(server.disk!.freeBytes > 0 && server.disk!.sizeBytes > server.disk!.freeBytes);
  for (const session of sessions) await session.query("rollback");
});
