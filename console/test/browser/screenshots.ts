import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";

const DIRECTORY = join(process.cwd(), ".ashlar", "screenshots");
const WIDTHS = [
  { width: 1280, height: 800 },
  { width: 360, height: 740 },
];

/** Pictures of the page in both themes and at both widths: `.ashlar/screenshots/<name>-<theme>-<width>.png`. */
export async function shot(page: Page, name: string): Promise<void> {
  await mkdir(DIRECTORY, { recursive: true });
  const before = page.viewportSize();
  for (const size of WIDTHS) {
    await page.setViewportSize(size);
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      // Two frames: charts are drawn anew for another width and theme.
      await page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
      );
      await page.screenshot({ path: join(DIRECTORY, `${name}-${theme}-${size.width}.png`) });
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  if (before !== null) await page.setViewportSize(before);
}

/** Fails if the page can be scrolled sideways. */
export async function assertFits(page: Page): Promise<void> {
  const { wide, culprits } = await page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    const wide = document.documentElement.scrollWidth - room;
    const beyond = [...document.querySelectorAll("body *")].filter(
      (element) => element.getBoundingClientRect().right > room + 0.5,
    );
    return {
      wide,
      culprits: wide > 0 ? beyond.slice(0, 5).map((element) => element.outerHTML.slice(0, 160)) : [],
    };
  });
  if (wide > 0) throw new Error(`${page.url()} is ${wide} px too wide:\n  ${culprits.join("\n  ")}`);
}
