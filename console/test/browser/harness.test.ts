import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Page } from "playwright-core";
import { assertAccessible, assertFits, openScene, type Scene } from "./harness.ts";

let scene: Scene;
before(async () => {
  scene = await openScene({ work: false });
});

test("a page that complains, throws, or asks another host is a fault", async () => {
  const page = await scene.signIn("operator", { path: "/audit" });
  const faults = scene.faultsOf(page);
  faults.check();
  await page.evaluate(() => console.error("planted"));
  assert.throws(() => faults.check(), /console\.error: planted/);
  await Promise.all([
    page.context().waitForEvent("weberror"),
    page.evaluate(() => void setTimeout(() => Promise.reject(new Error("planted")))),
  ]);
  assert.throws(() => faults.check(), /an error: Error: planted/);
  await page.evaluate(() => fetch("http://127.0.0.2:9/").catch(() => {}));
  await told(page);
  assert.throws(() => faults.check(), /refused by the policy: connect-src/);
  await page.evaluate(() => {
    const style = document.createElement("style");
    style.textContent = "body { color: red }";
    document.head.append(style);
  });
  await told(page);
  assert.throws(() => faults.check(), /refused by the policy: style-src/);
  faults.check();
});

/** Two frames later, when the page has heard of what was refused. */
async function told(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

test("what is inaccessible, or too wide, is found", async () => {
  const page = await scene.signIn("operator", { path: "/audit", width: 360 });
  await assertFits(page);
  await page.evaluate(() => {
    const button = document.createElement("button");
    button.style.display = "block";
    button.style.inlineSize = "400px";
    button.style.blockSize = "40px";
    document.querySelector("main")?.append(button);
  });
  await assert.rejects(assertFits(page), /px too wide:\n {2}<button/);
  await assert.rejects(assertAccessible(page), /button-name/);
});
