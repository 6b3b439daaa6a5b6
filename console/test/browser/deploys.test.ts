import assert from "node:assert/strict";
import { before, test } from "node:test";
import pg from "pg";
import { assertAccessible, assertFits, openScene, type Scene, shot } from "./harness.ts";

let scene: Scene;
before(async () => {
  scene = await openScene({ work: false });
  const client = new pg.Client(scene.databaseUrl);
  await client.connect();
  await client.query(`
    insert into ashlar.instances (id, release, host, pid, started_at, seen_at, stopped_at) values
      (gen_random_uuid(), '1.4.1', 'shop-1', 311, now() - interval '3 days', now() - interval '1 hour', now() - interval '1 hour'),
      (gen_random_uuid(), '1.4.1', 'shop-2', 287, now() - interval '2 days', now() - interval '2 hours', null)`);
  await client.end();
});

test("what runs, what was killed, which releases and migrations: all in sight and to be narrowed down", async () => {
  const page = await scene.signIn("support", { path: "/deploys" });
  const instances = page.getByRole("table", { name: "Instances, those that run first" });
  await instances.getByText("shop-1:311").waitFor();
  assert.deepEqual(
    (await instances.locator('td[data-label="State"]').allTextContents()).map((text) => text.trim()),
    ["Running", "Gone", "Stopped"],
  );
  await page.getByRole("table", { name: "Releases, the latest first" }).getByText("1.4.2").waitFor();
  await page.getByText("Release 1.4.2 began after 1.4.1").waitFor();
  const migrations = page.getByRole("table", { name: "Migrations that were applied, the latest first" });
  await migrations.getByText("jobs_and_events").first().waitFor();
  await shot(page, "deploys");
  await assertAccessible(page);
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    await assertFits(page);
  }
  await page.setViewportSize({ width: 1280, height: 800 });

  await page.getByLabel("Module").selectOption("billing");
  await page.waitForURL(/\?module=billing$/);
  await page.waitForFunction(() =>
    [...document.querySelectorAll('td[data-label="Module"]')].every(
      ({ textContent }) => textContent === "billing",
    ),
  );
  await page.goBack();
  await page.waitForURL(/\/deploys$/);
});
