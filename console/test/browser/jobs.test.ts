import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { eventually } from "ashlar/testing";
import pg from "pg";
import type { Page } from "playwright-core";
import { confirmAction } from "./confirm-action.ts";
import { assertAccessible, assertFits, openScene, type Scene, shot } from "./harness.ts";

const scene: Scene = await openScene();
const admin = new pg.Client(scene.databaseUrl);
// The server of the scene may end before it.
admin.on("error", () => {});
before(async () => {
  await admin.connect();
  // Behind what the tests plant.
  await admin.query("select setval('ordering._job_ids', 1000)");
});
after(() => admin.end());

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const ERRORS = JSON.stringify([
  {
    attempt: 1,
    at: ago(170),
    code: "ECONNREFUSED",
    message: "connect ECONNREFUSED 10.0.0.7:25",
  },
  {
    attempt: 2,
    at: ago(120),
    code: "MAIL_REFUSED",
    message: "The mail server took no mail for a while.",
  },
]);

/** A paused queue of mails, with some of every state in it, and nobody who works on them. */
beforeEach(async () => {
  await admin.query(
    "delete from ordering._jobs; delete from ordering._dead_jobs; delete from ordering._paused_queues",
  );
  await admin.query("insert into ordering._paused_queues (queue, paused_by) values ('mail', 'account:ada')");
  await admin.query(
    `insert into ordering._dead_jobs (id, seq, queue, kind, payload, max_attempts, attempt, errors, enqueued_at, died_at, trace_id, tags, claimed_at)
     select n, n, 'mail', 'sendOrderMail', jsonb_build_object('orderId', gen_random_uuid(), 'occasion', 'paid'), 2, 2, $1,
       now() - interval '3 hours', now() - n * interval '1 minute', gen_random_uuid(), '{orders}', now() - interval '2 hours'
     from generate_series(1, 60) n`,
    [ERRORS],
  );
  await admin.query(
    `insert into ordering._jobs (id, seq, queue, kind, payload, max_attempts, attempt, errors, run_at, enqueued_at)
     select n, n, 'mail', 'sendOrderMail', '{}', 20, case when n % 3 = 0 then 2 else 0 end,
       case when n % 3 = 0 then $1::jsonb end,
       case when n % 3 = 0 then now() + interval '2 hours' when n % 3 = 1 then now() + interval '1 day' end,
       now() - interval '10 minutes'
     from generate_series(101, 130) n`,
    [ERRORS],
  );
});

const countOf = async (table: string, where = "true") =>
  Number((await admin.query(`select count(*) from ordering.${table} where ${where}`)).rows[0].count);

const confirm = (page: Page, label: string, count: string) =>
  confirmAction(page, label, count, "the mail server is back");

test("the queues say what is in them and lead to their jobs", async () => {
  const page = await scene.signIn("operator", { path: "/jobs" });
  const row = page.getByRole("row", { name: /ordering\s*mail/ });
  await row.waitFor();
  assert.match(await row.innerText(), /paused/);
  assert.match(await row.innerText(), /by account:ada/);
  await shot(page, "jobs");
  await assertAccessible(page);
  await row.getByRole("link", { name: /mail/ }).click();
  await page.waitForURL("**/jobs?module=ordering&queue=mail");
  await page.getByText("90 jobs match").waitFor();
  await page.goBack();
  await page.waitForURL("**/jobs");
});

test("a filter is retried as a whole, after a count and with a reason", async () => {
  const page = await scene.signIn("operator", {
    path: "/jobs?module=ordering&kind=sendOrderMail&state=dead",
  });
  await page.getByText("60 jobs match").waitFor();
  assert.equal(await page.getByRole("table", { name: "Jobs", exact: true }).getByRole("row").count(), 51);
  await shot(page, "jobs-dead");
  await assertAccessible(page);
  await page.getByRole("button", { name: "Retry" }).click();
  await page.getByRole("button", { name: "Retry (60 jobs)" }).waitFor();
  await assertAccessible(page);
  assert.equal(await countOf("_dead_jobs"), 60);
  assert.match(await confirm(page, "Retry", "60 jobs"), /Retried 60 jobs/);
  assert.equal(await countOf("_dead_jobs"), 0);
  await page.getByText("No job matches").waitFor();
  const { rows } = await admin.query("select * from ashlar.operator_actions order by at desc limit 1");
  assert.equal(rows[0].action, "jobs.retry");
  assert.equal(rows[0].reason, "the mail server is back");
});

test("filters are in the address, and the list goes on page by page", async () => {
  const page = await scene.signIn("operator", { path: "/jobs" });
  await page.getByRole("combobox", { name: "State" }).selectOption("dead");
  await page.waitForURL(/state=dead/);
  await page.getByLabel("Last error").fill("mail_refused");
  await page.waitForURL(/error=mail_refused/);
  await page.getByText("60 jobs match").waitFor();
  await page.getByRole("link", { name: "Older" }).click();
  await page.waitForURL(/before=/);
  await eventually("the second page is there", async () => {
    return (await page.getByRole("table", { name: "Jobs", exact: true }).getByRole("row").count()) === 11;
  });
  await page.getByLabel("Last error").fill("nobody");
  await page.getByText("No job matches").waitFor();
  assert.doesNotMatch(page.url(), /before=/);
});

test("rows are selected, and only these are discarded", async () => {
  const page = await scene.signIn("operator", { path: "/jobs?state=dead" });
  await page.getByLabel("Select ordering:60", { exact: true }).check();
  await page.getByLabel("Select ordering:58", { exact: true }).check();
  await page.getByText("2 jobs selected").waitFor();
  await page.getByRole("button", { name: "Discard" }).click();
  assert.match(await confirm(page, "Discard", "2 jobs"), /Discarded 2 jobs/);
  assert.equal(await countOf("_dead_jobs"), 58);
  assert.equal(await countOf("_dead_jobs", "id in (58, 60)"), 0);
});

test("what waits is cancelled", async () => {
  const page = await scene.signIn("operator", { path: "/jobs?module=ordering&state=retryable" });
  await page.getByText("10 jobs match").waitFor();
  await page.getByRole("button", { name: "Cancel jobs" }).click();
  assert.match(await confirm(page, "Cancel jobs", "10 jobs"), /Cancelled 10 jobs/);
  assert.equal(await countOf("_jobs"), 20);
});

test("a job tells what happened to it, and is retried alone", async () => {
  const page = await scene.signIn("operator", { path: "/jobs?state=dead" });
  await page.getByRole("link", { name: "ordering:57", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "ordering:57" }).waitFor();
  const timeline = page.locator(".timeline");
  await timeline.waitFor();
  assert.match(
    await timeline.innerText(),
    /enqueued[\s\S]*attempt 1 failed[\s\S]*ECONNREFUSED[\s\S]*attempt 2 failed[\s\S]*died/,
  );
  await page.getByLabel("Payload").getByText('"occasion": "paid"').waitFor();
  assert.match(
    (await page.getByRole("link", { name: /^[0-9a-f-]{36}$/ }).getAttribute("href")) ?? "",
    /\/traces\//,
  );
  await shot(page, "job");
  await assertAccessible(page);
  await page.getByRole("button", { name: "Retry" }).click();
  assert.match(await confirm(page, "Retry", "1 job"), /Retried 1 job/);
  await page.locator(".key-value").getByText("available").waitFor();
  assert.equal(await countOf("_jobs", "id = 57"), 1);
  // It would go on asking for a job that the next test takes away.
  await page.close();
});

test("a queue is paused and resumed", async () => {
  const page = await scene.signIn("operator", { path: "/jobs?module=ordering&queue=mail" });
  await page.getByRole("button", { name: "Resume" }).click();
  assert.match(await confirm(page, "Resume", "1 queue"), /Resumed queue ordering.mail/);
  assert.equal(await countOf("_paused_queues"), 0);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  assert.match(await confirm(page, "Pause", "1 queue"), /Paused queue ordering.mail/);
  assert.equal(await countOf("_paused_queues", "queue = 'mail'"), 1);
});

test("schedules are run, paused and resumed", async () => {
  const page = await scene.signIn("operator", { path: "/jobs" });
  await page.getByRole("link", { name: "Schedules" }).click();
  const row = page.getByRole("row", { name: /expireOrders/ });
  await row.getByRole("button", { name: "Pause", exact: true }).click();
  assert.match(await confirm(page, "Pause", "1 schedule"), /Paused ordering.expireOrders/);
  await row.getByText(/by account:/).waitFor();
  await shot(page, "schedules");
  await assertAccessible(page);
  await row.getByRole("button", { name: "Resume" }).click();
  assert.match(await confirm(page, "Resume", "1 schedule"), /Resumed ordering.expireOrders/);
  const before = await countOf("_finished_jobs", "kind = 'expireOrders'");
  await row.getByRole("button", { name: "Run now" }).click();
  assert.match(await confirm(page, "Run now", "1 schedule"), /Asked a worker to run ordering.expireOrders/);
  await eventually("its job has run", async () => {
    return (await countOf("_finished_jobs", "kind = 'expireOrders'")) > before;
  });
});

test("a reader sees all of it and can do nothing", async () => {
  const page = await scene.signIn("support", { path: "/jobs?module=ordering&state=dead" });
  await page.getByText("60 jobs match").waitFor();
  assert.equal(await page.locator("main [data-action]").count(), 0);
  assert.equal(await page.getByRole("checkbox").count(), 0);
});

test("a phone has room for it", async () => {
  const page = await scene.signIn("operator", { path: "/jobs?state=dead", width: 360 });
  await page.getByText("60 jobs match").waitFor();
  await assertFits(page);
  await page.goto(`${scene.shopUrl}/console/jobs/ordering:57`);
  await page.locator(".timeline").waitFor();
  await assertFits(page);
});
