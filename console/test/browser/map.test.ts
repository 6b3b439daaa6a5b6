import assert from "node:assert/strict";
import { before, test } from "node:test";
import { assertAccessible, assertFits, openScene, type Scene, shot } from "./harness.ts";
import { plantWork } from "./planted-work.ts";

let scene: Scene;
before(async () => {
  scene = await openScene();
  await plantWork(scene.databaseUrl);
});

test("the picture shows every module with its numbers, and leads to its page", async () => {
  const page = await scene.signIn("support", { path: "/map" });
  const modules = page.locator(".map-module");
  await modules.first().waitFor();
  assert.deepEqual(
    (await page.locator(".map-name").allTextContents()).sort(),
    [...scene.app.graph.modules.map(({ name }) => name)].sort(),
  );
  const billing = page.getByRole("link", { name: /^billing \d/ });
  assert.match((await billing.getAttribute("aria-label"))!, /\/s \d+ % failed, p50 .*, p99 /);
  await assertAccessible(page);
  await assertFits(page);
  await shot(page, "map");
  await billing.click();
  await page.getByRole("heading", { level: 1, name: "billing" }).waitFor();
  await page.goBack();
  await modules.first().waitFor();
});

test("by keyboard: a module lights up its neighbours and shows its numbers, Enter opens it", async () => {
  const page = await scene.signIn("support", { path: "/map" });
  const billing = page.getByRole("link", { name: /^billing \d/ });
  await billing.focus();
  const details = page.locator(".map-details");
  await details.getByText("Of all database time").waitFor();
  assert.equal(await page.locator(".map-module[data-dim]").count(), 2);
  assert.equal(await page.getByRole("link", { name: /^ordering \d/ }).getAttribute("data-dim"), null);
  await page.getByRole("link", { name: /^ordering calls billing: / }).focus();
  await details.getByText("ordering calls billing").waitFor();
  await details.getByText("billing.issueInvoice").waitFor();
  await billing.focus();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/modules/billing");
});

test("what is shown in large is in the address", async () => {
  const page = await scene.signIn("support", { path: "/map" });
  await page.getByLabel("Measure").selectOption("Database time");
  await page.waitForURL("**/map?measure=database");
  const catalog = page.getByRole("link", { name: /^catalog \d/ });
  await catalog.getByText(/% of database/).waitFor();
  await page.goBack();
  await catalog.getByText(/\/s$/).waitFor();
});

test("a line that fails says so in words, one that nobody used is paler", async () => {
  const page = await scene.signIn("support", { path: "/map" });
  const failing = page.getByRole("link", { name: /^ordering calls billing: / });
  await failing.getByText(/\d+ % failed/).waitFor();
  assert.equal(await failing.getAttribute("data-trouble"), "error");
  const unseen = page.getByRole("link", { name: /^ordering calls identity: / });
  assert.equal(await unseen.getAttribute("data-quiet"), "");
  assert.match((await unseen.getAttribute("aria-label"))!, /not seen within 30 days/);
});

test("the tables have the same, the most first, and each row leads on", async () => {
  const page = await scene.signIn("support", { path: "/map?view=table&measure=errors" });
  const modules = page.getByRole("table", { name: "Modules", exact: true });
  await modules.getByRole("row").nth(1).getByText("billing").waitFor();
  const edges = page.getByRole("table", { name: "Edges between modules" });
  const row = edges.getByRole("row", { name: /ordering.*calls.*billing/ });
  await row.getByText("declared and seen").waitFor();
  await assertAccessible(page);
  await shot(page, "map-table");
  await row.getByRole("link").click();
  await page.waitForURL("**/modules/ordering?tab=neighbours");
});

test("on a phone the tables come first, and the picture can be moved about", async () => {
  const page = await scene.signIn("support", { path: "/map", width: 360, height: 740 });
  await page.getByRole("table", { name: "Modules", exact: true }).waitFor();
  await assertFits(page);
  await page.getByRole("link", { name: "Picture" }).click();
  await page.getByRole("region", { name: /Picture of the modules/ }).waitFor();
  await assertFits(page);
  await assertAccessible(page);
  await page.getByRole("button", { name: "Fit" }).click();
  await page.getByRole("button", { name: "Larger" }).waitFor();
});
