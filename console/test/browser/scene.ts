import { AsyncLocalStorage } from "node:async_hooks";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { after } from "node:test";
import type { Console } from "@ashlar/console";
import { identity } from "@shop/identity";
import { firingChecks } from "ashlar/health";
import { serve } from "ashlar/http";
import { type App, system } from "ashlar/module";
import { startTestServer } from "ashlar/testing";
import { pino } from "pino";
import type { Browser, Page } from "playwright-core";
import { type Configuration, readConfiguration } from "../../../shop/hosts/monolith/configuration.ts";
import { openShopConsole } from "../../../shop/hosts/monolith/console.ts";
import { openPayments } from "../../../shop/hosts/monolith/payments.ts";
import { type StartedShop, startShop } from "../../../shop/hosts/monolith/start-shop.ts";
import { launchBrowser } from "./browser.ts";
import { PageFaults, watchPolicy } from "./watched-page.ts";

export type SceneRole = "operator" | "support";

export interface SignInOptions {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: "light" | "dark";
  /** Where to go first, below /console; the Now page unless given. */
  readonly path?: string;
}

// node:test binds a hook to the hook that it is registered in; the snapshot leads back to the file itself.
const inFile = AsyncLocalStorage.snapshot();

/** A shop that runs, with its console and a browser before it. */
export interface Scene {
  readonly shop: StartedShop;
  readonly app: App;
  readonly console: Console;
  readonly shopUrl: string;
  /** Connects as superuser, for what a test plants or looks up. */
  readonly databaseUrl: string;
  readonly accounts: Readonly<Record<SceneRole, { readonly name: string; readonly password: string }>>;
  /** A page of a new visitor, whose faults fail the test file at the latest when it ends. */
  newPage(options?: Omit<SignInOptions, "path">): Promise<Page>;
  /** A page of somebody who is signed in, once its heading is there. */
  signIn(role: SceneRole, options?: SignInOptions): Promise<Page>;
  /** The token of a new session, for requests without a browser. */
  token(role: SceneRole): Promise<string>;
  /** Of the pages so far. */
  readonly faults: readonly PageFaults[];
  faultsOf(page: Page): PageFaults;
  /** Ends the database under the running shop. */
  stopDatabase(): Promise<void>;
}

export interface SceneOptions {
  /** Where the database is to be; a temporary directory unless given. */
  readonly databaseDirectory?: string;
  /** Whether jobs and events are worked on. Default true. */
  readonly work?: boolean;
  /** Further settings, as of the environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

const PASSWORD = "a password of the scene";

/**
 * Starts the shop on a PostgreSQL of its own, with an operator and somebody of support, and a browser. Call it once per
 * test file, at the top or in `before`; everything ends with the file.
 */
export async function openScene({
  databaseDirectory: directory,
  work = true,
  environment = {},
}: SceneOptions = {}): Promise<Scene> {
  const stops: (() => Promise<unknown>)[] = [];
  inFile(() => after(() => stopAll(stops)));
  const server = await startTestServer(directory === undefined ? {} : { directory });
  stops.push(() => server.stop());
  const home = await mkdtemp(join(process.cwd(), ".ashlar", "scene-"));
  stops.push(() => rm(home, { recursive: true, force: true }));
  const configuration = readConfiguration({
    DATABASE_URL: server.url,
    PORT: "0",
    ASHLAR_HOME: home,
    LOG_LEVEL: "fatal",
    RELEASE: "1.4.2",
    ...environment,
  });
  const log = pino({ level: configuration.logLevel });
  const payments = await openPayments(configuration, log);
  stops.push(() => payments.stop());
  const shop = await startShop(
    configuration,
    { payments, mailer: { send: async () => "sent" }, unpaidMinutes: 30 },
    log,
  );
  stops.push(() => shop.stop());
  const { url: shopUrl, operators } = await serveShop(shop, configuration, work, stops);
  await payments.announce(shopUrl);
  const accounts = {
    operator: await account(shop.app, "operator"),
    support: await account(shop.app, "support"),
  };

  let browser: Promise<Browser> | undefined;
  stops.push(async () => await (await browser)?.close());
  const faults = new Map<Page, PageFaults>();
  // Before the browser closes, so that what a page did last is counted.
  stops.push(async () => {
    for (const each of faults.values()) each.check();
  });
  const newPage: Scene["newPage"] = async ({ width = 1280, height = 800, theme = "light" } = {}) => {
    browser ??= launchBrowser();
    const context = await (await browser).newContext({
      viewport: { width, height },
      colorScheme: theme,
      reducedMotion: "reduce",
      timezoneId: "Europe/Berlin",
      locale: "en-GB",
    });
    context.setDefaultTimeout(20_000);
    const watched = new PageFaults(context, shopUrl);
    const page = await context.newPage();
    await watchPolicy(page);
    faults.set(page, watched);
    return page;
  };
  return {
    shop,
    app: shop.app,
    console: operators,
    shopUrl,
    databaseUrl: server.url,
    accounts,
    newPage,
    signIn: async (role, { path = "/", ...options } = {}) => {
      const page = await newPage(options);
      await signInByApi(page, shopUrl, accounts[role]);
      await page.goto(`${shopUrl}/console${path}`);
      await page.locator("main h1").waitFor();
      return page;
    },
    token: (role) => tokenOf(shop.app, accounts[role]),
    get faults() {
      return [...faults.values()];
    },
    faultsOf: (page) => faults.get(page)!,
    stopDatabase: () => server.stop(),
  };
}

/** All of them, the latest first, even if one fails. */
async function stopAll(stops: (() => Promise<unknown>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const stop of stops.reverse()) await stop().catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors);
}

async function serveShop(
  shop: StartedShop,
  configuration: Configuration,
  work: boolean,
  stops: (() => Promise<unknown>)[],
): Promise<{ readonly url: string; readonly operators: Console }> {
  // Whoever waits for a check in a test does not wait for its turn.
  const checks = firingChecks().map((check) => ({ ...check, everyMs: 0 }));
  const operators = await openShopConsole(shop, configuration, { checks });
  if (operators === null) throw new Error("The shop has no console.");
  stops.push(() => operators.stop());
  const edge = await serve(shop.app, { host: configuration.host, port: 0, parts: [operators] });
  stops.push(() => edge.stop());
  if (work) {
    const worker = await shop.app.work({});
    stops.push(() => worker.stop());
  }
  await pagesAreBuilt(edge.url);
  return { url: edge.url, operators };
}

/** The console builds its pages when they are older than their sources, and answers 503 meanwhile. */
async function pagesAreBuilt(url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const response = await fetch(`${url}/console/`);
    const text = await response.text();
    if (response.ok) return;
    if (Date.now() > deadline || text.includes("could not be built")) {
      throw new Error(`The console has no pages: ${response.status} ${text}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function account(app: App, role: SceneRole) {
  const actor = system("scene");
  const name = `${role}@scene.example`;
  const { id } = await app.execute(identity.registerAccount, { email: name, password: PASSWORD }, { actor });
  await app.execute(identity.grantRole, { accountId: id, role }, { actor });
  return { name, password: PASSWORD };
}

async function tokenOf(app: App, { name, password }: { readonly name: string; readonly password: string }) {
  const opened = await app.execute(
    identity.openSession,
    { email: name, password },
    { actor: system("scene") },
  );
  return opened.token;
}

/** Without the form, which has a test of its own: the cookie goes to the page's context. */
async function signInByApi(page: Page, shopUrl: string, credentials: object): Promise<void> {
  const response = await page.context().request.post(`${shopUrl}/console/api/session`, {
    data: credentials,
    headers: { "x-ashlar-console": "1", origin: shopUrl, "sec-fetch-site": "same-origin" },
  });
  if (!response.ok())
    throw new Error(`Signing in was answered with ${response.status()}: ${await response.text()}`);
}
