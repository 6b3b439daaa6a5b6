import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { PackedSpan } from "ashlar/module";
import pg from "pg";
import type { Page } from "playwright-core";
import { plantStory, plantTrace, traceIdOf } from "../traces/planted-traces.ts";
import { assertAccessible, assertFits, openScene, type Scene, shot } from "./harness.ts";

const story = traceIdOf(1);
const hostile = traceIdOf(2);
const huge = traceIdOf(3);
const HOSTILE = `<img src=x onerror="document.title='taken'">`;

let scene: Scene;
let admin: pg.Client;
before(async () => {
  scene = await openScene({ work: false });
  admin = new pg.Client(scene.databaseUrl);
  // The server ends under it when the scene does.
  admin.on("error", () => {});
  await admin.connect();
  const sql = (text: string, values?: unknown[]) => admin.query(text, values);
  await sql("truncate ashlar.traces");
  await plantStory(sql, { traceId: story, modules: ["ordering", "catalog"] });
  await plantTrace(sql, {
    traceId: hostile,
    module: "billing",
    name: "POST /v1/payments",
    failed: true,
    error: HOSTILE,
    durationMs: 2_400,
  });
  await plantTrace(sql, {
    traceId: huge,
    module: "catalog",
    name: "GET /v1/products",
    durationMs: 3_000,
    reason: "slow",
    spans: Array.from(
      { length: 4_000 },
      (_, n): PackedSpan => [
        n + 1,
        n === 0 ? 0 : 1,
        n === 0 ? "request" : "statement",
        "catalog",
        n === 0 ? "GET /v1/products" : "select catalog.products",
        n / 2,
        n === 0 ? 3_000 : 0.4,
        null,
        0,
        n,
      ],
    ),
  });
  for (let n = 0; n < 60; n++) {
    await plantTrace(sql, {
      module: ["catalog", "ordering", "identity"][n % 3]!,
      name: ["GET /v1/products/{sku}", "PUT /v1/cart/items/{sku}", "POST /v1/sessions"][n % 3]!,
      durationMs: 3 + n * 2.5,
      startedAt: Date.now() - 60_000 - n * 30_000,
      ...(n % 7 === 2 ? { error: "SESSION_UNKNOWN" } : {}),
      ...(n % 11 === 5 ? { failed: true, error: "ASHLAR_DEADLINE_EXCEEDED" } : {}),
    });
  }
});
after(async () => await admin?.end());

const row = (page: Page, name: string | RegExp) => page.getByRole("treeitem", { name });

describe("the list of traces", () => {
  test("shows them, filtered by what the address says, and is good to look at", async () => {
    const page = await scene.signIn("operator", { path: "/traces" });
    await page.getByRole("link", { name: "GET /v1/orders/{id}" }).waitFor();
    await shot(page, "traces");
    await assertAccessible(page);
    await assertFits(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await assertFits(page);
    await assertAccessible(page);
  });

  test("is led to by links as the first page has them", async () => {
    const page = await scene.signIn("support", {
      path: `/traces?name=${encodeURIComponent("PUT /v1/cart/items/{sku}")}&failed=1`,
    });
    await page.getByRole("table", { name: "Kept traces" }).waitFor();
    const outcomes = await page.getByRole("table", { name: "Kept traces" }).getByText("failed").count();
    assert.ok(outcomes > 0);
    assert.equal(await page.getByRole("link", { name: "PUT /v1/cart/items/{sku}" }).count(), 2);
    assert.equal(await page.getByLabel("Outcome").inputValue(), "1");
    await page.goto(`${scene.shopUrl}/console/traces?slow=1`);
    const first = page.locator("tbody tr").first();
    await first.waitFor();
    assert.match(await first.innerText(), /GET \/v1\/products/);
  });

  test("changes with its filters, and Back takes them back", async () => {
    const page = await scene.signIn("operator", { path: "/traces" });
    await page.getByLabel("Kind").selectOption("job");
    await page.getByRole("link", { name: "ordering.checkLines" }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
    assert.match(page.url(), /\?kind=job$/);
    await page.getByLabel("Error code").fill("NOTHING_OF_THE_KIND");
    await page.getByText("No kept trace is like that").waitFor();
    await page.goBack();
    await page.getByRole("link", { name: "ordering.checkLines" }).waitFor();
    await page.getByLabel("Time").selectOption({ label: "Last 15 min" });
    await page.waitForURL(/from=\d+/);
    await page.getByRole("link", { name: "ordering.checkLines" }).waitFor();
  });

  test("goes on to older ones and back", async () => {
    const page = await scene.signIn("operator", { path: "/traces" });
    await page.getByRole("link", { name: "Older" }).click();
    await page.getByRole("link", { name: "Newest" }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length < 50);
    assert.match(page.url(), /before=/);
  });

  test("finds a trace by its id", async () => {
    const page = await scene.signIn("operator", { path: "/traces" });
    await page.getByLabel("Trace id").fill("what");
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Trace id").fill(` ${story.toUpperCase()} `);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "GET /v1/orders/{id}" }).waitFor();
  });
});

describe("a trace", () => {
  test("tells first what failed and what was done too often, then where the time went", async () => {
    const page = await scene.signIn("operator", { path: `/traces/${story}` });
    const findings = page.locator(".trace-findings");
    await findings.waitFor();
    const text = await findings.innerText();
    assert.match(text, /failed\s+catalog\.reserve of catalog with LINE_STOLEN/);
    assert.match(text, /select ordering\.lines ran 12 times under ordering\.findLines/);
    const times = page.getByRole("table", { name: "Time by module" });
    assert.match(await times.innerText(), /ordering\s+73 %/);
    await shot(page, "trace");
    await assertAccessible(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await assertFits(page);
    await assertAccessible(page);
  });

  test("can be walked through by keyboard, opened and closed", async () => {
    const page = await scene.signIn("operator", { path: `/traces/${story}` });
    const tree = page.getByRole("tree");
    await tree.focus();
    await page.keyboard.press("Home");
    await page.getByRole("heading", { level: 3, name: "GET /v1/orders/{id}" }).waitFor();
    for (const key of ["ArrowDown", "ArrowDown", "ArrowLeft"]) await page.keyboard.press(key);
    await row(page, /^ordering\.findLines/)
      .and(page.locator('[aria-expanded="false"]'))
      .waitFor();
    assert.equal(await row(page, /^select ordering\.lines statement of ordering 3\.0 ms$/).count(), 1);
    await page.keyboard.press("ArrowRight");
    await row(page, /^ordering\.findLines/)
      .and(page.locator('[aria-expanded="true"]'))
      .waitFor();
    await page.keyboard.press("ArrowRight");
    await page.getByRole("heading", { level: 3, name: "select ordering.lines" }).waitFor();
    assert.match(page.url(), /span=0\.4/);
    await page.keyboard.press("ArrowLeft");
    await page.getByRole("heading", { level: 3, name: "ordering.findLines" }).waitFor();
    await page.getByText("12 times, 48 ms").waitFor();
    await shot(page, "trace-span");
    // Nothing half below the bar that stays.
    await page.evaluate(() => scrollTo(0, 0));
    await assertAccessible(page);
    await page.keyboard.press("End");
    await row(page, /^failed catalog\.reserve call of catalog with LINE_STOLEN 15 ms$/).waitFor();
  });

  test("leads from a job's part to the job and from a span to others like it", async () => {
    const page = await scene.signIn("operator", { path: `/traces/${story}` });
    const job = page.getByRole("link", { name: "ordering:42" });
    assert.match((await job.getAttribute("href"))!, /\/jobs\/ordering%3A42$/);
    await page.getByRole("link", { name: "ordering.findLines" }).last().click();
    await page.getByRole("heading", { level: 3, name: "ordering.findLines" }).waitFor();
  });

  test("is also a table", async () => {
    const page = await scene.signIn("operator", { path: `/traces/${story}` });
    await page.getByRole("link", { name: "Table", exact: true }).click();
    const table = page.getByRole("table", { name: "Spans of the trace" });
    await table.waitFor();
    assert.equal(await table.locator("tbody tr").count(), 20);
    await assertAccessible(page);
  });

  test("with an error code that is markup shows it as text", async () => {
    const page = await scene.signIn("operator", { path: `/traces/${hostile}` });
    await page.getByText(HOSTILE).first().waitFor();
    assert.equal(await page.locator("main img").count(), 0);
    assert.notEqual(await page.title(), "taken");
  });

  test("of thousands of spans is quick: it shows some, and more when asked", async () => {
    const page = await scene.signIn("operator", { path: `/traces/${huge}` });
    await page.getByRole("tree").waitFor();
    assert.equal(await page.getByRole("treeitem").count(), 300);
    await page.getByRole("button", { name: "Show more of 3,700 further spans" }).click();
    await page.waitForFunction(() => document.querySelectorAll('[role="treeitem"]').length === 600);
    await page.getByRole("tree").focus();
    await page.keyboard.press("End");
    await page.locator('[role="treeitem"]:last-child[aria-selected="true"]').waitFor();
    assert.equal(await page.getByRole("treeitem").count(), 600);
    await page.keyboard.press("ArrowDown");
    await page.waitForFunction(() => document.querySelectorAll('[role="treeitem"]').length === 601);
    const tookMs = await page.evaluate(async () => {
      const tree = document.querySelector('[role="tree"]')!;
      const began = performance.now();
      for (let presses = 0; presses < 5; presses++) {
        tree.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp", bubbles: true }));
        await new Promise((done) => requestAnimationFrame(done));
      }
      return (performance.now() - began) / 5;
    });
    assert.ok(tookMs < 500, `a key took ${Math.round(tookMs)} ms`);
  });

  test("that was not kept says so", async () => {
    const page = await scene.signIn("operator");
    scene.faultsOf(page).expect(/404 \(Not Found\).*\/traces\/0{32}/);
    await page.goto(`${scene.shopUrl}/console/traces/${"0".repeat(32)}`);
    await page.getByText("No part of this trace was kept").waitFor();
    await assertAccessible(page);
  });

  test("lets an operator log more for a while, and a reader not", async () => {
    const page = await scene.signIn("operator", { path: `/traces/${story}` });
    await page.getByRole("button", { name: "Change level" }).click();
    await page.getByText("ordering logs debug and above for 15 min").waitFor();
    await page.getByLabel("Reason").fill("to see why the job fails");
    await page.getByRole("dialog").getByRole("button", { name: "Change level" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
    await page.getByText(/ordering logs debug and above until/).waitFor();
    const reader = await scene.signIn("support", { path: `/traces/${story}` });
    await reader.getByText(/ordering logs debug and above until/).waitFor();
    assert.equal(await reader.getByRole("button", { name: "Change level" }).count(), 0);
  });
});
