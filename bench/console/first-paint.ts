import type { Browser } from "playwright-core";
import type { Reading } from "../harness.ts";
import type { Operator } from "./operator.ts";

/**
 * Opens the Now page as somebody who comes for the first time that day, with an empty cache. Useful is what it shows
 * once there is its heading and something below it that is not still loading.
 */
export async function firstPaint(browser: Browser, url: string, operator: Operator): Promise<Reading> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const [name, value] = operator.cookie.split("=") as [string, string];
    await context.addCookies([{ name, value, url: `${url}/console`, httpOnly: true, sameSite: "Strict" }]);
    const page = await context.newPage();
    await page.addInitScript(() => {
      const watch = () => {
        const main = document.querySelector("main");
        const isThere = main?.querySelector("h1") != null && main.querySelector(".loading") === null;
        const hasMore = (main?.querySelectorAll(".panel, section, article, li").length ?? 0) > 0;
        if (isThere && hasMore) performance.mark("useful");
        else requestAnimationFrame(watch);
      };
      requestAnimationFrame(watch);
    });
    await page.goto(`${url}/console/`);
    await page.waitForFunction(() => performance.getEntriesByName("useful").length > 0);
    return await page.evaluate(() => ({
      "first contentful paint ms": performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
      "first useful paint ms": performance.getEntriesByName("useful")[0]!.startTime,
    }));
  } finally {
    await context.close();
  }
}
