import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Refusal } from "ashlar/http";
import { eventually } from "ashlar/testing";
import type { ActionRecord, AuditPage } from "../../api/audit.ts";
import type { ActEndpoint } from "../../server/index.ts";
import { openScene, problemOf, READER, type Scene } from "../server/scene.ts";

/** What the endpoint under test does next. */
let act: ActEndpoint["act"] = async () => ({ count: 3, summary: "3 jobs were retried" });
const retry: ActEndpoint = {
  kind: "act",
  path: "/test/{queue}/retry",
  action: "test.retry",
  parse(body) {
    const { filter, ...rest } = body as { filter?: unknown };
    const errors = [
      ...(filter === undefined ? [{ path: "/body/filter", message: "is required" }] : []),
      ...Object.keys(rest).map((name) => ({ path: `/body/${name}`, message: "is not a known property" })),
    ];
    if (errors.length > 0) throw new Refusal("REQUEST_INVALID", { errors });
    return { filter };
  },
  act: (request) => act(request),
};

let scene: Scene;
before(async () => {
  scene = await openScene({ endpoints: () => [retry], tuning: { actWaitMs: 100 } });
});
after(() => scene.stop());

const body = { reason: "the provider is back", filter: { modules: ["billing"], state: "dead" } };
const post = (more = {}) => scene.post("/api/test/mail/retry", { ...body, ...more });
const page = async (query = "") => {
  const answer = await scene.ask(`/api/audit${query}`);
  assert.equal(answer.status, 200);
  return ((await answer.json()) as { data: AuditPage }).data;
};
const record = async (id: string) => (await (await scene.ask(`/api/actions/${id}`)).json()) as ActionRecord;

test("a dry run tells the count and is not in the audit", async () => {
  let seen: unknown;
  act = async ({ dryRun, reason, input, params }) => {
    seen = { dryRun, reason, input, ...params };
    return { count: 10_000, isAtLeast: true, summary: "10,000 or more jobs would be retried" };
  };
  const answer = await scene.post("/api/test/mail/retry", { filter: {}, dryRun: true });
  assert.deepEqual(await answer.json(), {
    id: null,
    count: 10_000,
    isAtLeast: true,
    summary: "10,000 or more jobs would be retried",
  });
  assert.deepEqual(seen, { dryRun: true, reason: "dry run", input: { filter: {} }, queue: "mail" });
  assert.deepEqual((await page()).actions, []);
});

test("an action is in the audit before it is begun, and its outcome after", async () => {
  let during: ActionRecord | undefined;
  act = async () => {
    [during] = (await page()).actions;
    return { count: 3, summary: "3 jobs were retried" };
  };
  const answer = await post();
  assert.equal(answer.status, 200);
  const { id, ...done } = (await answer.json()) as { id: string };
  assert.deepEqual(done, { count: 3, isAtLeast: false, summary: "3 jobs were retried" });
  assert.equal(during?.id, id);
  assert.equal(during.state, "under-way");
  assert.equal(during.finishedAt, null);

  const [kept] = (await page()).actions;
  assert.deepEqual(
    { ...kept, at: 0, finishedAt: 0 },
    {
      id,
      at: 0,
      actor: "account:olga",
      action: "test.retry",
      modules: ["billing"],
      reason: "the provider is back",
      input: { queue: "mail", filter: { modules: ["billing"], state: "dead" } },
      state: "done",
      done: 3,
      count: 3,
      isAtLeast: false,
      summary: "3 jobs were retried",
      error: null,
      finishedAt: 0,
    },
  );
  assert.ok(Math.abs(kept!.at - Date.now()) < 60_000);
});

test("without a reason, or with anything else that is wrong, nothing is done, and all of it is named", async () => {
  let acts = 0;
  act = async () => ({ count: ++acts, summary: "" });
  const before = (await page()).actions.length;
  for (const wrong of [
    { reason: undefined },
    { reason: "" },
    { reason: "  x  " },
    { reason: "x".repeat(501) },
    { reason: 5 },
  ]) {
    const answer = await post({ ...wrong, filter: undefined, more: 1 });
    const { code, errors } = (await answer.json()) as { code: string; errors: { path: string }[] };
    assert.equal(code, "REQUEST_INVALID");
    assert.deepEqual(
      errors.map(({ path }) => path),
      ["/body/reason", "/body/filter", "/body/more"],
    );
  }
  assert.deepEqual(await problemOf(await post({ dryRun: "yes" })), { status: 400, code: "REQUEST_INVALID" });
  for (const text of ["null", "[]", "5"]) {
    const answer = await scene.ask("/api/test/mail/retry", { method: "POST", body: text });
    assert.deepEqual(await problemOf(answer), { status: 400, code: "REQUEST_INVALID" });
  }
  const huge = await post({ reason: "x".repeat(2_000_000) });
  assert.deepEqual(await problemOf(huge), { status: 413, code: "BODY_TOO_LARGE" });
  assert.equal(acts, 0);
  assert.equal((await page()).actions.length, before);
});

test("what takes long goes on without its request, and tells how far it is", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  act = async ({ progress }) => {
    progress(40);
    await promise;
    return { count: 90, summary: "90 jobs were retried" };
  };
  const answer = await post();
  assert.equal(answer.status, 202);
  const { id } = (await answer.json()) as { id: string };
  await eventually("its progress is written down", async () => (await record(id)).done === 40);
  assert.equal((await record(id)).state, "under-way");
  resolve();
  const ended = await eventually("it is done", async () => {
    const found = await record(id);
    return found.state === "done" && found;
  });
  assert.deepEqual([ended.done, ended.count], [90, 90]);
});

test("a failure is in the audit, in words that name neither rows nor code", async () => {
  act = async () => {
    throw new TypeError("secret-value is not a function");
  };
  const answer = await post();
  assert.deepEqual(await problemOf(answer), { status: 500, code: "INTERNAL" });
  act = async () => {
    throw new Refusal("TRY_AGAIN", { detail: "Somebody else changed it meanwhile." });
  };
  await post();
  const [refused, failed] = (await page()).actions;
  assert.deepEqual([refused!.state, refused!.error], ["failed", "Somebody else changed it meanwhile"]);
  assert.deepEqual([failed!.state, failed!.error], ["failed", "It failed; the log of the instance says why"]);
  assert.ok(scene.logged.some((line) => JSON.stringify(line).includes("secret-value")));
});

test("readers read the audit; its filters are kept apart and its pages have no gaps", async () => {
  act = async () => ({ count: 1, summary: "One job was retried" });
  await scene.sql(
    `insert into ashlar.operator_actions (actor, action, modules, reason, input)
     select 'account:' || n % 3, 'test.many', array['catalog'], 'for the test', '{}' from generate_series(1, 120) n`,
  );
  const found: string[] = [];
  let query = "?action=test.many&actor=account%3A1&module=";
  for (let next: string | null = ""; next !== null; ) {
    const one: AuditPage = await page(query + (next === "" ? "" : `&before=${next}`));
    found.push(...one.actions.map(({ id }) => id));
    next = one.next;
  }
  assert.equal(found.length, 40);
  assert.equal(new Set(found).size, 40);
  query = "?action=test.many";
  assert.equal((await page(query)).actions.length, 50);
  assert.equal((await page("?module=catalog")).next !== null, true);
  assert.deepEqual((await page("?module=nothing")).actions, []);
  assert.equal((await scene.ask("/api/audit", { token: READER })).status, 200);
  for (const wrong of ["?before=x", "?before=-1", "?before=1%3Bselect", "?limit=5"]) {
    assert.deepEqual(await problemOf(await scene.ask(`/api/audit${wrong}`)), {
      status: 400,
      code: "REQUEST_INVALID",
    });
  }
  for (const id of ["0", "x", "999999999", "1%20or%201"]) {
    assert.deepEqual(await problemOf(await scene.ask(`/api/actions/${id}`)), {
      status: 404,
      code: "ROUTE_NOT_FOUND",
    });
  }
});

test("what somebody wrote as a reason is text, wherever it is shown", async () => {
  act = async () => ({ count: 0, summary: "Nothing was to be done" });
  const reason = "<img src=x onerror=alert(1)>\u2028'; drop table ashlar.operator_actions;--";
  const posted = await post({ reason });
  assert.equal(posted.status, 200, await posted.clone().text());
  const answer = await scene.ask("/api/audit");
  assert.match(answer.headers.get("content-type")!, /^application\/json/);
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  const { data } = (await answer.json()) as { data: AuditPage };
  assert.equal(data.actions[0]!.reason, reason);
});

test("one whose instance ended is told apart from one that is under way", async () => {
  const [row] = await scene.sql(
    `insert into ashlar.operator_actions (actor, action, modules, reason, input, seen_at)
     values ('account:olga', 'test.retry', '{}', 'for the test', '{}', now() - interval '2 minutes') returning id`,
  );
  assert.equal((await record(String(row!.id))).state, "cut-off");
});

describe("what was written stays", () => {
  const asConsole = (text: string) =>
    scene.ground.execute({ text, values: [] }).then(
      () => "done",
      (error: { code: string }) => error.code,
    );

  test("an entry can be finished once and not be changed, taken away or overwritten", async () => {
    act = async () => ({ count: 1, summary: "One job was retried" });
    const { id } = (await (await post()).json()) as { id: string };
    const attempts = [
      `update ashlar.operator_actions set reason = 'another' where id = ${id}`,
      `update ashlar.operator_actions set summary = 'another' where id = ${id}`,
      `update ashlar.operator_actions set finished_at = null where id = ${id}`,
      `delete from ashlar.operator_actions where id = ${id}`,
      "delete from ashlar.operator_actions",
      "truncate ashlar.operator_actions",
      "alter table ashlar.operator_actions disable trigger all",
      "drop table ashlar.operator_actions",
      `insert into ashlar.operator_actions (id, actor, action, modules, reason, input)
         overriding system value values (${id}, 'account:other', 'x', '{}', 'xxx', '{}')`,
    ];
    for (const attempt of attempts) assert.notEqual(await asConsole(attempt), "done", attempt);
    const open = await scene.sql(
      "insert into ashlar.operator_actions (actor, action, modules, reason, input) values ('account:olga', 'x', '{}', 'xxx', '{}') returning id",
    );
    const of = open[0]!.id;
    assert.notEqual(
      await asConsole(`update ashlar.operator_actions set actor = 'account:other' where id = ${of}`),
      "done",
    );
    assert.equal(await asConsole(`update ashlar.operator_actions set done = 5 where id = ${of}`), "done");
    assert.equal((await record(id)).reason, "the provider is back");
  });
});

test("an action that is under way when the instance stops ends, and says so", async () => {
  const other = await openScene({ endpoints: () => [retry], tuning: { actWaitMs: 10 } });
  let rows: Record<string, unknown>[] = [];
  try {
    act = ({ signal, progress }) =>
      new Promise((_resolve, reject) => {
        progress(7);
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    const answer = await other.post("/api/test/mail/retry", body);
    assert.equal(answer.status, 202);
    await other.edge.stop();
    await other.console.stop();
    rows = await other.sql("select error, done, finished_at from ashlar.operator_actions");
  } finally {
    await other.stop();
  }
  assert.equal(rows.length, 1);
  assert.equal(
    rows[0]!.error,
    "The instance was stopped while it was under way; what was done until then stays done",
  );
  assert.equal(rows[0]!.done, "7");
  assert.ok(rows[0]!.finished_at);
});
