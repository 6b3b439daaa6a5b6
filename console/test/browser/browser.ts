import { existsSync } from "node:fs";
import { type Browser, chromium, type LaunchOptions } from "playwright-core";

const INSTALLED = "/usr/bin/chromium";

/** A Chromium of this machine: the one that CHROMIUM names, the installed one, or else the one of the package. */
export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({ ...(await found()), headless: true });
}

async function found(): Promise<LaunchOptions> {
  const named = process.env.CHROMIUM ?? "";
  // The pages are ours alone, and a container rarely lets Chromium build its sandbox.
  const args = ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"];
  if (named !== "") return { executablePath: named, args };
  if (existsSync(INSTALLED)) return { executablePath: INSTALLED, args };
  const { default: packaged } = await import("@sparticuz/chromium");
  return { executablePath: await packaged.executablePath(), args: [...packaged.args, ...args] };
}
