import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { assertAccessible, assertFits, openScene, type Scene, shot, violationsOf } from "./harness.ts";
import { EVERY_PAGE } from "./pages.ts";

let scene: Scene;
before(async () => {
  scene = await openScene();
});

const NARROW = { width: 360, height: 740 };

describe("signing in", () => {
  test("leads back to the page that was asked for", async () => {
    const page = await scene.newPage();
    scene.faultsOf(page).expect(/401/);
    await page.goto(`${scene.shopUrl}/console/audit?action=jobs.retry`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await shot(page, "sign-in");
    await assertAccessible(page);
    await fillIn(page, scene.accounts.operator);
    await page.getByRole("heading", { name: "Audit", level: 1 }).waitFor();
    assert.equal(new URL(page.url()).search, "?action=jobs.retry");
    assert.equal(await page.title(), "Audit · shop");
    scene.faultsOf(page).check();
  });

  test("says the same of a wrong password and of a name that nobody has", async () => {
    const page = await scene.newPage();
    scene.faultsOf(page).expect(/401/);
    await page.goto(`${scene.shopUrl}/console/`);
    const told: string[] = [];
    for (const name of [scene.accounts.support.name, "nobody@scene.example"]) {
      await fillIn(page, { name, password: "not this one" });
      const alert = page.getByRole("alert");
      await alert.filter({ hasText: /\w/ }).waitFor();
      told.push((await alert.textContent()) ?? "");
      // The next try is typed over the password, and clears what was said.
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("type")), "password");
    }
    assert.deepEqual(told, ["Name and password do not fit.", "Name and password do not fit."]);
    await assertAccessible(page);
  });

  test("leads nowhere outside of the console", async () => {
    const page = await scene.newPage();
    scene.faultsOf(page).expect(/401/);
    await page.goto(`${scene.shopUrl}/console/sign-in?back=${encodeURIComponent("//evil.example/")}`);
    await fillIn(page, scene.accounts.operator);
    await page.getByRole("heading", { level: 1, name: "Now" }).waitFor();
    assert.equal(page.url(), `${scene.shopUrl}/console/`);
  });

  test("ends with signing out", async () => {
    const page = await scene.signIn("support");
    scene.faultsOf(page).expect(/401/);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.goto(`${scene.shopUrl}/console/`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });
});

describe("the keyboard", () => {
  test("goes to every page with g and a key", async () => {
    const page = await scene.signIn("operator");
    const keys = {
      m: "map",
      t: "traces",
      j: "jobs",
      e: "events",
      d: "database",
      p: "deploys",
      a: "audit",
      n: "",
    };
    for (const [key, path] of Object.entries(keys)) {
      await page.keyboard.press("g");
      await page.keyboard.press(key);
      await page.waitForURL(`${scene.shopUrl}/console/${path}`);
      const heading = page.locator("main h1");
      await heading.waitFor();
      await page.waitForFunction(() => document.activeElement?.matches("main h1"));
    }
  });

  test("filters with /, helps with ?, and gives the focus back", async () => {
    const page = await scene.signIn("operator", { path: "/audit" });
    await page.keyboard.press("/");
    const field = page.getByLabel("Actor", { exact: true });
    assert.ok(await field.evaluate((element) => element === document.activeElement));
    await page.keyboard.type("account:g j");
    await page.waitForURL(/actor=account%3Ag\+j/);
    await field.blur();
    await page.getByRole("link", { name: "Jobs" }).focus();
    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: "Keys" });
    await help.waitFor();
    await shot(page, "keys");
    await assertAccessible(page);
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "detached" });
    assert.ok(
      await page.getByRole("link", { name: "Jobs" }).evaluate((one) => one === document.activeElement),
    );
  });

  test("finds modules and pages in the palette", async () => {
    const page = await scene.signIn("operator");
    await page.keyboard.press("Control+k");
    const field = page.getByRole("combobox", { name: "Go to" });
    await field.waitFor();
    await shot(page, "palette");
    await assertAccessible(page);
    await field.fill("nothing of the kind");
    await page.getByText("Nothing is called “nothing of the kind”.").waitFor();
    await field.fill("order");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${scene.shopUrl}/console/modules/ordering`);
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Go to" }).fill("d");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${scene.shopUrl}/console/deploys`);
  });

  test("skips to the page", async () => {
    const page = await scene.signIn("operator");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to the page");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "content");
  });
});

test("the theme is chosen by hand and kept", async () => {
  const page = await scene.signIn("operator");
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  const button = page.getByRole("button", { name: /^Theme/ });
  await button.click();
  assert.equal(await ground(), light, "light by hand on a light system");
  await button.click();
  const dark = await ground();
  assert.notEqual(dark, light);
  await page.reload();
  await page.locator("main h1").waitFor();
  assert.equal(await ground(), dark);
});

test("a paused page stands still until it goes on", async () => {
  const page = await scene.signIn("operator");
  await page.getByRole("button", { name: "Live: pause" }).waitFor();
  const asked: string[] = [];
  await page.getByRole("button", { name: "Live: pause" }).click();
  const resume = page.getByRole("button", { name: "Paused: go on" });
  await resume.waitFor();
  page.on("request", (request) => asked.push(request.url()));
  // Longer than a page polls when nothing streams.
  await page.clock.install();
  await page.clock.runFor(30_000);
  assert.equal(asked.length, 0, asked.join("\n"));
  await resume.click();
  await page.getByRole("button", { name: "Live: pause" }).waitFor();
  assert.ok(asked.some((url) => url.includes("/console/api/live?topics=")));
});

test("what cannot be read anew stays, with when it is from", async () => {
  const page = await scene.signIn("operator", { path: "/audit" });
  await page.getByRole("status").filter({ hasText: "Live" }).waitFor({ state: "attached" });
  scene.faultsOf(page).expect(/503|ERR_/);
  await page.route("**/console/api/audit", (route) =>
    route.fulfill({
      status: 503,
      contentType: "application/problem+json",
      body: JSON.stringify({
        code: "DATABASE_AWAY",
        status: 503,
        title: "The database does not answer",
        trace: "0",
      }),
    }),
  );
  const banner = page.getByText(/^As of \d\d:\d\d:\d\d: the database does not answer\.$/);
  await banner.waitFor();
  await page.getByText("Nobody has done anything yet").waitFor();
  await shot(page, "stale");
  await assertAccessible(page);
  await page.unroute("**/console/api/audit");
  await banner.waitFor({ state: "detached" });
});

test("every page is accessible in both themes and fits 360 px", async () => {
  const page = await scene.signIn("operator");
  scene.faultsOf(page).expect(/404/);
  for (const path of EVERY_PAGE) {
    await arrive(page, path);
    await assertAccessible(page);
    await page.setViewportSize(NARROW);
    await assertFits(page);
    assert.deepEqual(await violationsOf(page), [], `${path} at 360 px`);
    await page.setViewportSize({ width: 1280, height: 800 });
  }
  scene.faultsOf(page).check();
});

test("at 360 px the drawer has every page", async () => {
  const page = await scene.signIn("operator", NARROW);
  await page.getByRole("button", { name: "More" }).click();
  const drawer = page.getByRole("dialog", { name: "Pages" });
  await drawer.waitFor();
  await assertAccessible(page);
  await page.screenshot({ path: ".ashlar/screenshots/drawer-light-360.png" });
  await drawer.getByRole("link", { name: "Audit" }).click();
  await page.getByRole("heading", { level: 1, name: "Audit" }).waitFor();
  assert.equal(await drawer.count(), 0);
});

async function arrive(page: Page, path: string): Promise<void> {
  await page.goto(`${scene.shopUrl}/console${path}`);
  await page.locator("main h1").waitFor();
  await page.locator("main .loading").first().waitFor({ state: "detached" });
}

async function fillIn(page: Page, { name, password }: { readonly name: string; readonly password: string }) {
  await page.getByLabel("Name or e-mail").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}
