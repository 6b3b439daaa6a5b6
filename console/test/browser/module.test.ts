import assert from "node:assert/strict";
import { before, test } from "node:test";
import { assertAccessible, assertFits, openScene, type Scene, shot } from "./harness.ts";
import { plantWork } from "./planted-work.ts";

let scene: Scene;
before(async () => {
  scene = await openScene();
  await plantWork(scene.databaseUrl);
});

const TABS = ["Overview", "Operations", "Jobs", "Events", "Neighbours", "Cost", "Documents"];

test("the list of modules is narrowed by name, and leads to a module by keyboard", async () => {
  const page = await scene.signIn("support", { path: "/modules" });
  const table = page.getByRole("table", { name: "Modules" });
  await table.getByText("billing").waitFor();
  await assertAccessible(page);
  await shot(page, "modules");
  await page.keyboard.press("/");
  await page.keyboard.type("bill");
  await page.waitForURL("**/modules?text=bill");
  await table.getByText("catalog").waitFor({ state: "detached" });
  await table.getByRole("link", { name: "billing" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "billing" }).waitFor();
});

test("a module tells how it does, on charts that are tables too", async () => {
  const page = await scene.signIn("support", { path: "/modules/ordering" });
  await page.getByText("shop/modules/ordering").waitFor();
  const rate = page.getByRole("figure", { name: "Done per second" });
  await rate.locator("canvas").waitFor();
  await assertAccessible(page);
  await shot(page, "module");
  await rate.getByRole("button", { name: /Table/ }).click();
  await rate.getByRole("columnheader", { name: "Deliveries" }).waitFor();
  await assertAccessible(page);
});

test("each part of a module has an address, fits on a phone and is accessible", async () => {
  const page = await scene.signIn("support", { path: "/modules/ordering", width: 360, height: 740 });
  for (const tab of TABS) {
    await page
      .getByRole("navigation", { name: "Parts of the module" })
      .getByRole("link", { name: tab })
      .click();
    await page.locator(".panel").first().waitFor();
    await assertFits(page);
    await assertAccessible(page);
  }
  assert.match(page.url(), /\/modules\/ordering\?tab=documents$/);
  await page.getByRole("region", { name: "README" }).getByRole("heading").nth(1).waitFor();
  await page.goBack();
  await page.getByRole("heading", { level: 2, name: "Cost of an hour" }).waitFor();
});

test("what a module has, needs and costs leads on to where more is known of it", async () => {
  const page = await scene.signIn("support", { path: "/modules/billing?tab=operations&range=6h" });
  const operations = page.getByRole("table", { name: "Operations", exact: true });
  const invoice = operations.getByRole("row", { name: /issueInvoice/ });
  await invoice.getByText("command, joins").waitFor();
  assert.equal(
    await invoice.getByRole("link").getAttribute("href"),
    "/console/traces?module=billing&name=billing.issueInvoice",
  );
  await shot(page, "module-operations");
  await page.goto(`${scene.shopUrl}/console/modules/billing?tab=cost`);
  const statements = page.getByRole("table", { name: "Statements that took most time" });
  await statements.getByText(/insert into billing.invoices/).waitFor();
  await shot(page, "module-cost");
  await page.goto(`${scene.shopUrl}/console/modules/billing?tab=neighbours`);
  await page
    .getByRole("table", { name: "Modules that call it" })
    .getByRole("row", { name: /ordering/ })
    .getByText(/\d %/)
    .waitFor();
});

test("an operator changes what a module writes to the log, for a while", async () => {
  const page = await scene.signIn("operator", { path: "/modules/catalog" });
  const log = page.getByRole("region", { name: "Log" });
  await log.getByLabel("Level").selectOption("debug");
  await log.getByRole("button", { name: "Change level" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/reason/i).fill("looking for slow searches");
  await dialog.locator("button[type=submit], .button.primary").last().click();
  await log.getByText(/then at/).waitFor();
  assert.equal(
    scene.app.telemetry.logLevels.list().find(({ module }) => module === "catalog")?.level,
    "debug",
  );
});

test("a reader sees the level and cannot change it; a module that is none says so", async () => {
  const page = await scene.signIn("support", { path: "/modules/catalog" });
  await page.getByText("Writes at").waitFor();
  assert.equal(await page.getByRole("button", { name: "Change level" }).count(), 0);
  scene.faultsOf(page).expect(/404/);
  await page.goto(`${scene.shopUrl}/console/modules/nobody`);
  await page.getByText("The app has no module of this name.").waitFor();
});
