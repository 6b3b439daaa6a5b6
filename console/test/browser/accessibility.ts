import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults, Result } from "axe-core";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Fails on anything that axe finds on the page as it is, in the light theme and in the dark one. */
export async function assertAccessible(page: Page): Promise<void> {
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    const violations = await violationsOf(page);
    if (violations.length > 0) {
      throw new Error(
        `${page.url()} in ${theme} has ${violations.length} violations:\n${violations.map(text).join("\n")}`,
      );
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
}

export async function violationsOf(page: Page): Promise<readonly Result[]> {
  // Through the debugger: as a script of the page it would be refused by the policy.
  const session = await page.context().newCDPSession(page);
  try {
    await session.send("Runtime.evaluate", { expression: axe });
    const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
      expression: `axe.run(document, { resultTypes: ["violations"], runOnly: ${JSON.stringify(TAGS)} })
        .then(({ violations }) => JSON.stringify({ violations }))`,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description);
    return (JSON.parse(result.value as string) as Pick<AxeResults, "violations">).violations;
  } finally {
    await session.detach();
  }
}

function text({ id, help, nodes }: Result): string {
  const places = nodes.slice(0, 4).map(({ html, failureSummary }) => `    ${html}\n      ${failureSummary}`);
  return `  ${id}: ${help}\n${places.join("\n")}`;
}
