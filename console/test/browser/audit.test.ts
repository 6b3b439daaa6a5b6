import assert from "node:assert/strict";
import { before, test } from "node:test";
import pg from "pg";
import { assertAccessible, assertFits, openScene, type Scene, shot } from "./harness.ts";

let scene: Scene;
before(async () => {
  scene = await openScene({ work: false });
  const client = new pg.Client(scene.databaseUrl);
  await client.connect();
  try {
    // Sixty, of which the latest is under way and the one before has failed; a page of the audit has fifty.
    await client.query(`
      insert into ashlar.operator_actions
        (at, actor, action, modules, reason, input, done, count, is_at_least, summary, error, finished_at, seen_at)
      select now() - (61 - n) * interval '7 minutes',
             'account:3f0c9f6e-0000-4000-8000-' || lpad(n::text, 12, '0'),
             case when n % 3 = 0 then 'queues.pause' else 'jobs.retry' end,
             case when n % 3 = 0 then '{billing}'::text[] else '{ordering}' end,
             'incident ' || n,
             jsonb_build_object('module', 'ordering', 'kind', 'ordering.expire_order', 'state', 'dead'),
             case when n = 60 then 1200 else n end,
             case when n = 60 then null else n end,
             n = 50,
             case when n >= 59 then null else n || ' jobs are retried' end,
             case when n = 59 then 'the database did not answer in time' end,
             case when n < 60 then now() - (61 - n) * interval '7 minutes' + interval '1.4 s' end,
             now()
        from generate_series(1, 60) n`);
  } finally {
    await client.end();
  }
});

test("lists the latest actions with what became of them", async () => {
  const page = await scene.signIn("support", { path: "/audit" });
  const rows = page.locator("main tbody tr");
  await rows.first().waitFor();
  assert.equal(await rows.count(), 50);
  assert.match((await rows.nth(0).textContent()) ?? "", /queues\.pause.*incident 60.*billing.*Under\sway/);
  assert.match((await rows.nth(1).textContent()) ?? "", /jobs\.retry.*incident 59.*ordering.*Failed/);
  await shot(page, "audit");
  await assertAccessible(page);
  await page.setViewportSize({ width: 360, height: 740 });
  await assertFits(page);
  await assertAccessible(page);
});

test("pages by key: older, and back to the newest", async () => {
  const page = await scene.signIn("operator", { path: "/audit" });
  await page.getByRole("link", { name: "Older" }).click();
  await page.waitForURL(/before=/);
  const rows = page.locator("main tbody tr");
  await page.getByText("incident 10", { exact: true }).waitFor();
  assert.equal(await rows.count(), 10);
  assert.equal(await page.getByRole("link", { name: "Older" }).count(), 0);
  await page.getByRole("link", { name: "Newest" }).click();
  await page.getByText("incident 60").waitFor();
  await page.goBack();
  await page.getByText("incident 10", { exact: true }).waitFor();
});

test("filters by actor, action and module, in the address", async () => {
  const page = await scene.signIn("operator", { path: "/audit" });
  const rows = page.locator("main tbody tr");
  await page.getByLabel("Action", { exact: true }).fill("queues.pause");
  await page.waitForURL(/action=queues\.pause/);
  await page.getByLabel("Module", { exact: true }).selectOption("billing");
  await page.waitForURL(/module=billing/);
  await page.waitForFunction(() => document.querySelectorAll("main tbody tr").length === 20);
  await page.getByLabel("Actor", { exact: true }).fill("account:3f0c9f6e-0000-4000-8000-000000000030");
  await page.getByText("incident 30").waitFor();
  await page.waitForFunction(() => document.querySelectorAll("main tbody tr").length === 1);
  await page.getByLabel("Module", { exact: true }).selectOption("catalog");
  await page.getByText("No action fits these filters").waitFor();
  assert.equal(await rows.count(), 0);
  await page.goBack();
  await page.getByText("incident 30").waitFor();
});

test("shows all of one action beside the list, and gives the focus back", async () => {
  const page = await scene.signIn("operator", { path: "/audit" });
  await page.getByText("incident 59").waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const details = page.getByRole("dialog", { name: "Action" });
  await details.getByText("The database did not answer in time", { exact: false }).waitFor();
  assert.match((await details.textContent()) ?? "", /"kind": "ordering\.expire_order"/);
  await shot(page, "audit-details");
  await assertAccessible(page);
  await page.keyboard.press("Escape");
  await details.waitFor({ state: "detached" });
  assert.equal(new URL(page.url()).search, "");
  assert.equal(await page.evaluate(() => document.activeElement?.closest("tr")?.rowIndex), 2);
});

test("a page that is gone to begins at its top, with the focus on its heading", async () => {
  const page = await scene.signIn("operator", { path: "/audit" });
  const module = page.locator("main tbody a.module").nth(40);
  await module.scrollIntoViewIfNeeded();
  assert.ok((await page.evaluate(() => scrollY)) > 0);
  await module.click();
  await page.waitForURL(/\/modules\//);
  await page.waitForFunction(() => document.activeElement?.matches("main h1") && scrollY === 0);
});
