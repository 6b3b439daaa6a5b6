import type { BrowserContext, Page } from "playwright-core";

/** What a page does wrong by itself, whatever the test looks at. */
export class PageFaults {
  readonly #faults: string[] = [];
  readonly #expected: RegExp[] = [];

  /** Watches every page of the context: errors, what its policy refuses, and requests to other hosts. */
  constructor(context: BrowserContext, origin: string) {
    context.on("weberror", (error) => this.#add(`an error: ${error.error().stack ?? error.error()}`));
    context.on("console", (message) => {
      if (message.type() === "error")
        this.#add(`console.error: ${message.text()} (${message.location().url})`);
    });
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (!["http:", "https:"].includes(url.protocol) || url.origin === origin) return;
      this.#add(`a request to another host: ${url.href}`);
    });
  }

  /** From now on such faults are no faults: those of a test that plants them. */
  expect(pattern: RegExp): void {
    this.#expected.push(pattern);
  }

  /** Throws naming all faults since the last time. */
  check(): void {
    const faults = this.#faults.splice(0).filter((fault) => !this.#expected.some((each) => each.test(fault)));
    if (faults.length > 0) throw new Error(`The page did wrong:\n  ${faults.join("\n  ")}`);
  }

  #add(fault: string): void {
    this.#faults.push(fault);
  }
}

/** Writes down what the page's policy refuses; Chromium tells most of it to the console as well, but not all. */
export async function watchPolicy(page: Page): Promise<void> {
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`refused by the policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
}
