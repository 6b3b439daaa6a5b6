import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Page } from "playwright-core";
import { assertAccessible, openScene, type Scene, shot } from "./harness.ts";

let scene: Scene;
before(async () => {
  scene = await openScene({ work: false });
});

const PAUSE = '[data-action="queues.pause"]';

test("readers see no actions", async () => {
  const page = await scene.signIn("support", { path: "/jobs" });
  await page.locator("main tbody tr").first().waitFor({ state: "attached" });
  assert.equal(await page.locator("main [data-action]").count(), 0);
});

test("an action counts, asks why, goes on in the background and says what it did", async () => {
  const page = await scene.signIn("operator", { path: "/jobs" });
  const { bodies, finish } = await answerActions(page);
  await openPause(page);
  const dialog = page.getByRole("dialog");
  const confirm = dialog.getByRole("button", { name: /10,000\+/ });
  await confirm.waitFor();
  await shot(page, "action-asking");
  await assertAccessible(page);
  assert.ok(await confirm.isDisabled(), "without a reason");
  await dialog.getByLabel("Reason, for the audit").fill("no");
  assert.ok(await confirm.isDisabled(), "with two characters");
  await dialog.getByLabel("Reason, for the audit").fill("incident 12");
  await confirm.click();
  await dialog.getByText("1,200 of 10,000+ so far").waitFor();
  await assertAccessible(page);
  finish();
  await dialog.getByText("10,412 of them are paused.").waitFor();
  const [dry, real] = bodies;
  assert.equal(dry?.dryRun, true);
  assert.equal(dry?.reason, "dry run");
  assert.equal(real?.dryRun, undefined);
  assert.equal(real?.reason, "incident 12");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal(
    await page.evaluate(() => document.activeElement?.getAttribute("data-action")),
    "queues.pause",
  );
});

test("a refused action says why and can be tried again", async () => {
  const page = await scene.signIn("operator", { path: "/jobs" });
  scene.faultsOf(page).expect(/409/);
  await page.route("**/console/api/queues/pause", (route) =>
    route.fulfill({
      status: 409,
      contentType: "application/problem+json",
      body: JSON.stringify({ code: "QUEUE_BUSY", status: 409, title: "The queue is busy", trace: "4bf92f" }),
    }),
  );
  await openPause(page);
  const dialog = page.getByRole("dialog");
  await dialog.getByText("The queue is busy").waitFor();
  assert.match((await dialog.textContent()) ?? "", /QUEUE_BUSY · trace 4bf92f/);
  await assertAccessible(page);
  await page.unroute("**/console/api/queues/pause");
  await dialog.getByRole("button", { name: "Try again" }).click();
  await dialog.getByLabel("Reason, for the audit").waitFor();
});

/** Queues with nothing to do are folded away. */
async function openPause(page: Page): Promise<void> {
  const button = page.locator(PAUSE).first();
  await button.waitFor({ state: "attached" });
  if (!(await button.isVisible())) await page.locator("details:has([data-action]) > summary").first().click();
  await button.click();
}

/** The server's part, slow and large as no test could have it: 202, then 1,200 done, and with `finish` the end. */
async function answerActions(page: Page) {
  const bodies: Record<string, unknown>[] = [];
  let isDone = false;
  await page.route("**/console/api/queues/pause", async (route) => {
    const body = route.request().postDataJSON() as Record<string, unknown>;
    bodies.push(body);
    const counted = { id: null, count: 10_000, isAtLeast: true, summary: "10,000 or more would be paused" };
    await route.fulfill(
      body.dryRun === true ? { status: 200, json: counted } : { status: 202, json: { id: "7" } },
    );
  });
  await page.route("**/console/api/actions/7", (route) =>
    route.fulfill({
      json: {
        id: "7",
        state: isDone ? "done" : "under-way",
        done: isDone ? 10_412 : 1_200,
        count: isDone ? 10_412 : null,
        isAtLeast: false,
        summary: isDone ? "10,412 of them are paused" : null,
        error: null,
      },
    }),
  );
  return {
    bodies,
    finish: () => {
      isDone = true;
    },
  };
}
