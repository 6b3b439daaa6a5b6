import { catalog } from "@shop/catalog";
import { system } from "ashlar/module";
import type { Locator, Page } from "playwright-core";
import type { Incident } from "../../../shop/incidents/incident.ts";
import { type Practice, practise } from "../../../shop/incidents/practice.ts";
import { demoProducts } from "../../../shop/modules/catalog/src/module.ts";
import type { Scene } from "./harness.ts";

const RATE = 20;
const DEADLINE_MS = 90_000;

/** A way from the Now screen to a cause, along what is there to be clicked. */
export interface Walk {
  /** The card that it begins at. */
  readonly check: string;
  /** After the card's own link: what is clicked there. */
  readonly further?: readonly ((page: Page) => Locator)[];
  /** What names the cause, all of it on the page at the end. */
  readonly cause: readonly RegExp[];
}

/** Puts something on the shelves, so that people have something to do in the shop. */
export async function stockShelves({ app }: Scene): Promise<void> {
  const rows = demoProducts.map((row, index) => ({ line: index + 1, row }));
  await app.execute(catalog.importProducts, { rows }, { actor: system("scene") });
}

/** Plants the incident in the shop under load and walks to its cause. Resolves with the clicks that it took. */
export async function walk(scene: Scene, incident: Incident, { check, further = [], cause }: Walk) {
  const { signal } = new AbortController();
  const { shopUrl: url, databaseUrl } = scene;
  await using practice = await practise(incident, { url, databaseUrl, rate: RATE, signal });
  await flows(scene, practice);
  // Before: whoever is on duty has the console open.
  const page = await scene.signIn("operator");
  await practice.plant();
  const card = page.locator(`article.firing[data-check="${check}"]`).first();
  // More often than the running monitor looks, until the page shows what it saw.
  await until(`${check} is on the Now screen`, async () => {
    await scene.console.ground.monitor.look();
    return await card.isVisible();
  });
  let clicks = 0;
  const click = async (target: Locator) => {
    await target.click();
    clicks++;
  };
  await click(card.locator("a.firing-place"));
  await page.waitForURL((at) => at.pathname !== "/console/");
  for (const next of further) await click(next(page));
  for (const text of cause) await shows(page, text);
  const { pathname } = new URL(page.url());
  await page.close();
  return { clicks, pathname };
}

/** Enough requests, and a look at them, for a "before". */
async function flows(scene: Scene, practice: Practice): Promise<void> {
  const wanted = practice.requests() + 6 * RATE;
  await until("traffic flows", async () => practice.requests() >= wanted);
  await scene.console.ground.monitor.look();
}

async function shows(page: Page, text: RegExp): Promise<void> {
  const { source, flags } = text;
  await page
    .waitForFunction(
      (given) => new RegExp(given.source, given.flags).test(document.querySelector("main")?.innerText ?? ""),
      { source, flags },
    )
    .catch(async (cause: unknown) => {
      const found = await page.locator("main").innerText();
      throw new Error(`${page.url()} shows no ${text}:\n${found.slice(0, 3_000)}`, { cause });
    });
}

/** Like `eventually`, for what takes longer than five seconds. */
async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited ${DEADLINE_MS} ms in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
