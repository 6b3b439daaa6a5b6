import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import type { Page } from "playwright-core";
import { confirmAction } from "./confirm-action.ts";
import { assertAccessible, assertFits, openScene, type Scene, shot } from "./harness.ts";

const scene: Scene = await openScene();
const admin = new pg.Client(scene.databaseUrl);
// The server of the scene may end before it.
admin.on("error", () => {});
after(() => admin.end());

const ERROR = JSON.stringify([
  {
    attempt: 20,
    at: new Date(Date.now() - 300_000).toISOString(),
    code: "TypeError",
    message: "Cannot read properties of undefined",
  },
]);

/** The subscriber of ordering has given up on three deliveries and is paused; some events were handed over. */
before(async () => {
  await admin.connect();
  // Behind what is planted.
  await admin.query("select setval('ordering._job_ids', 1000)");
  await admin.query(
    "insert into ordering._paused_queues (queue, paused_by) values ('default', 'account:ada')",
  );
  await admin.query(
    `insert into billing._events (id, event, version, key, payload, trace_id, published_at)
     select n, case when n % 4 = 0 then 'billing.paymentRefunded' else 'billing.paymentCaptured' end, 1, 'order ' || n,
       jsonb_build_object('orderId', gen_random_uuid(), 'amount', jsonb_build_object('amount', n * 100, 'currency', 'EUR')),
       gen_random_uuid(), now() - (200 - n) * interval '10 seconds'
     from generate_series(1, 80) n`,
  );
  await admin.query(
    `insert into ordering._dead_jobs (id, seq, queue, kind, payload, max_attempts, attempt, errors, enqueued_at, died_at)
     select n, n, 'default', 'on.markOrderPaid', jsonb_build_object('event', 'billing.paymentCaptured', 'id', n), 20, 20, $1,
       now() - interval '1 hour', now() - interval '5 minutes'
     from generate_series(1, 3) n`,
    [ERROR],
  );
  await admin.query(
    `insert into ordering._jobs (id, seq, queue, kind, payload, max_attempts, enqueued_at)
     select n, n, 'default', 'on.markOrderPaid', '{}', 20, now() - interval '12 minutes' from generate_series(10, 24) n`,
  );
});

const countOf = async (table: string, where: string) =>
  Number((await admin.query(`select count(*) from ordering.${table} where ${where}`)).rows[0].count);

const confirm = (page: Page, label: string, count: string) =>
  confirmAction(page, label, count, "the handler is mended");

test("a poison event is seen at once, with its error and who is behind", async () => {
  const page = await scene.signIn("operator", { path: "/events" });
  const poison = page.getByRole("region", { name: "Dead deliveries" });
  await poison.waitFor();
  assert.match(
    await poison.innerText(),
    /3 dead deliveries[\s\S]*markOrderPaid[\s\S]*TypeError Cannot read properties/,
  );
  const row = page.getByRole("row", { name: /markOrderPaid/ });
  assert.match(await row.innerText(), /paused\s+by account:ada/);
  assert.match(await row.innerText(), /billing\.paymentCaptured/);
  await page.getByRole("region", { name: "Recent events" }).getByRole("row").nth(50).waitFor();
  await shot(page, "events");
  await assertAccessible(page);
  await poison.getByRole("link", { name: /^ordering:3$/ }).click();
  await page.getByRole("heading", { level: 1, name: "ordering:3" }).waitFor();
});

test("recent events are filtered, paged and opened", async () => {
  const page = await scene.signIn("support", { path: "/events" });
  const recent = page.getByRole("region", { name: "Recent events" });
  await recent.getByRole("combobox", { name: "Publisher" }).selectOption("billing");
  await page.waitForURL(/publisher=billing/);
  await recent.getByRole("link", { name: "Older" }).click();
  await page.waitForURL(/before=/);
  await recent.getByText("order 30", { exact: true }).waitFor();
  await recent.getByRole("combobox", { name: "Event" }).selectOption("billing.paymentRefunded");
  await recent.getByText("order 80", { exact: true }).waitFor();
  await recent.locator("summary").first().click();
  await recent
    .getByLabel(/Payload of billing.paymentRefunded 80/)
    .getByText('"amount": 8000')
    .waitFor();
  assert.equal(await page.locator("main [data-action]").count(), 0);
});

test("a period is replayed after a count", async () => {
  const page = await scene.signIn("operator", { path: "/events" });
  await page
    .getByRole("row", { name: /markOrderPaid/ })
    .getByRole("link", { name: "Replay" })
    .click();
  await page.waitForURL(/replay=ordering.markOrderPaid/);
  const panel = page.getByRole("region", { name: "Replay to ordering.markOrderPaid" });
  await panel.getByLabel("Events of").selectOption("1d");
  await panel.getByRole("searchbox", { name: "To" }).fill("whenever");
  await panel.getByText("is no time").waitFor();
  await panel.getByRole("searchbox", { name: "To" }).fill("");
  await panel.getByRole("button", { name: "Replay" }).waitFor();
  await shot(page, "events-replay");
  await assertAccessible(page);
  const before = await countOf("_jobs", "kind = 'on.markOrderPaid'");
  await panel.getByRole("button", { name: "Replay" }).click();
  assert.match(
    await confirm(page, "Replay", "60 events"),
    /Delivers 60 events to ordering.markOrderPaid again/,
  );
  assert.equal(await countOf("_jobs", "kind = 'on.markOrderPaid'"), before + 60);
});

test("dead deliveries are redriven, and others discarded", async () => {
  const page = await scene.signIn("operator", { path: "/events" });
  await page.getByRole("button", { name: "Redrive" }).click();
  assert.match(await confirm(page, "Redrive", "3 deliveries"), /Retried 3 dead deliveries/);
  assert.equal(await countOf("_dead_jobs", "true"), 0);
  await page.getByRole("region", { name: "Dead deliveries" }).waitFor({ state: "detached" });
  await admin.query(
    `insert into ordering._dead_jobs (id, seq, queue, kind, payload, max_attempts, attempt, errors)
     values (900, 900, 'default', 'on.markOrderPaid', '{}', 20, 20, $1)`,
    [ERROR],
  );
  await page.getByRole("button", { name: "Discard" }).click();
  assert.match(await confirm(page, "Discard", "1 delivery"), /Discarded 1 dead delivery/);
  assert.equal(await countOf("_dead_jobs", "true"), 0);
});

test("a subscriber is resumed and paused again", async () => {
  const page = await scene.signIn("operator", { path: "/events" });
  const row = page.getByRole("row", { name: /markOrderPaid/ });
  await row.getByRole("button", { name: "Resume" }).click();
  assert.match(await confirm(page, "Resume", "1 queue"), /Resumed queue ordering.default/);
  await row.getByRole("button", { name: "Pause", exact: true }).click();
  assert.match(await confirm(page, "Pause", "1 queue"), /Paused queue ordering.default/);
});

test("a phone has room for it", async () => {
  const page = await scene.signIn("operator", { path: "/events?replay=ordering.markOrderPaid", width: 360 });
  await page.getByRole("region", { name: "Recent events" }).getByRole("row").nth(5).waitFor();
  await assertFits(page);
});
