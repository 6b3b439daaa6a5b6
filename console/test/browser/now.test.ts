import assert from "node:assert/strict";
import { before, test } from "node:test";
import pg from "pg";
import { assertAccessible, assertFits, openScene, type Scene, shot } from "./harness.ts";

let scene: Scene;
before(async () => {
  scene = await openScene();
});

/** As superuser. */
async function sql(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(scene.databaseUrl);
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** Traffic of the last hour, as if all instances had noted it; the last minutes are slow and fail. */
async function plantTraffic(): Promise<void> {
  await sql(`
    insert into ashlar.activity (kind, module, minute, name, count, failed, total_ms, first_bucket, buckets)
    select 'request', module, date_trunc('minute', now()) - n * interval '1 minute', name,
      requests, case when n < 12 then requests / 20 else 0 end, 1, case when n < 12 then 54 else 34 end, array[requests]
    from generate_series(0, 60) n, lateral (select (1800 + 400 * sin(n / 5.0) + 60 * (n % 3))::integer as requests) r,
      (values ('', ''), ('catalog', 'GET /v1/products')) names (module, name)
    on conflict do nothing`);
}

async function plantDeadJobs(count: number): Promise<void> {
  await sql(
    `insert into billing._dead_jobs (id, seq, kind, queue, payload, attempt, max_attempts, errors, enqueued_at, died_at)
     select 900000 + n, 900000 + n, 'sendInvoice', 'default', '{}', 5, 5,
       '[{"code": "MAIL_REFUSED", "message": "refused"}]'::jsonb, now() - interval '1 minute', now()
     from generate_series(1, $1::integer) n`,
    [count],
  );
}

test("all is well: the page says so calmly, with what changed", async () => {
  await plantTraffic();
  const page = await scene.signIn("operator");
  await page.getByText("checks see nothing").waitFor();
  await page.getByRole("list", { name: "Numbers of the last full minute" }).getByText("Requests").waitFor();
  await page.getByText("Release 1.4.2 began").waitFor();
  await page.locator(".plot canvas").waitFor();
  assert.equal(await page.locator("article.firing").count(), 0);
  await shot(page, "now-well");
  await assertAccessible(page);
});

test("what fires appears without a reload, and leads to its cause and its runbook", async () => {
  const page = await scene.signIn("operator");
  await page.getByText("checks see nothing").waitFor();
  await page.evaluate(() => Object.assign(window, { isTheSamePage: true }));
  await plantDeadJobs(12);
  const card = page.locator('article.firing[data-check="dead-letters"]');
  await card.waitFor({ timeout: 30_000 });
  assert.equal(await page.evaluate(() => (window as { isTheSamePage?: boolean }).isTheSamePage), true);
  await card.getByText("Jobs sendInvoice of billing fail for good").waitFor();
  await card.getByText("most often with MAIL_REFUSED").waitFor();
  await card.getByText("Release 1.4.2 began").waitFor();
  await page.getByText(/1 thing is wrong, since .* in billing/).waitFor();
  await shot(page, "now");
  await assertAccessible(page);
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    await assertFits(page);
  }
  await page.setViewportSize({ width: 1280, height: 800 });

  await card.getByRole("link", { name: "Runbook" }).click();
  const runbook = page.getByRole("dialog", { name: "Runbook: dead-letters" });
  await runbook.getByRole("heading", { name: "Look at" }).waitFor();
  assert.match(page.url(), /\/console\/\?runbook=dead-letters$/);
  await shot(page, "now-runbook");
  await assertAccessible(page);
  await page.keyboard.press("Escape");
  await runbook.waitFor({ state: "detached" });

  await card.getByRole("link", { name: "See the dead jobs" }).click();
  await page.waitForURL(/\/console\/jobs\?module=billing&kind=sendInvoice&state=dead$/);
  await page.goBack();
  await card.waitFor();
});

test("with the database gone the page keeps what it knows, and says so", async () => {
  const page = await scene.signIn("operator");
  await page.locator('article.firing[data-check="dead-letters"]').waitFor();
  await page.locator(".plot canvas").waitFor();
  await scene.stopDatabase();
  const gone = page.locator('article.firing[data-check="database-unreachable"]');
  await gone.waitFor({ timeout: 40_000 });
  await page
    .getByRole("status")
    .getByText(/^As of /)
    .waitFor();
  // What fired before goes on firing, and the traffic is as it was.
  await page.locator('article.firing[data-check="dead-letters"]').waitFor();
  await page.locator(".plot canvas").waitFor();
  await shot(page, "now-database-gone");
  await assertAccessible(page);
});
