// Packs the packages and uses them as a stranger does: in an empty folder, with the machine's own Node and npm.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MadeProject } from "./made-project.ts";
import { packAll } from "./pack.ts";
import { Stranger } from "./stranger.ts";
import { tryProduction } from "./trial-production.ts";
import { trespassByImport, trespassBySql } from "./trial-trespass.ts";

export interface TrialOptions {
  /** Leaves the made project where it is, and says where. */
  readonly keep: boolean;
  /** Fetches every third-party package again. */
  readonly cold: boolean;
}

/** From nothing to a tested endpoint, in seconds. */
const PROMISED = 60;
/** A trial that takes longer hangs. */
const LIMIT_MS = 600_000;

/** Runs the trial step by step and resolves with the exit code of the process. Cleans up whatever happens. */
export async function trial(root: string, options: TrialOptions): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), "ashlar-trial-"));
  const folder = join(home, "work");
  mkdirSync(folder);
  const stranger = new Stranger(home, options.cold);
  const giveUp = () => stranger.giveUp();
  const limit = setTimeout(giveUp, LIMIT_MS);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, giveUp);
  const desk = new MadeProject(folder, stranger);
  const project = new MadeProject(join(folder, "my-shop"), stranger);
  try {
    const packages = join(home, "packages");
    const packed = await timed("pack the packages", () => packAll(root, packages));
    const starter = packed.value.find(({ name }) => name === "create-ashlar")!.file;
    const made = await timed("npm create ashlar my-shop", () =>
      desk.succeeds([
        ...(["npm", "exec", "--yes", `--package=${starter}`, "--", "create-ashlar", "my-shop"] as const),
        ...["--yes", "--module", "orders", "--packages", packages],
      ]),
    );
    const tested = await timed("npm test", () => project.succeeds(["npm", "test"]));
    const seconds = made.seconds + tested.seconds;
    console.log(`${seconds.toFixed(1).padStart(6)} s  = from nothing to a tested endpoint`);
    if (seconds > PROMISED) throw new Error(`${PROMISED} s are promised.`);

    await timed("npm run check", () => project.succeeds(["npm", "run", "check"]));
    await timed("npm start, requests, the console, SIGTERM", () => useEndpoint(project));
    await timed("ashlar new module, npm test, npm run check", () => addModule(project));
    await timed("trespass by import: compiler, check and loader refuse", () => trespassByImport(project));
    await timed("trespass by SQL: check and Postgres refuse", () => trespassBySql(project));
    await timed("the image's steps, on a given database", () => tryProduction(project, stranger, home));
    return 0;
  } catch (error) {
    console.error(`\n${(error as Error).message}`);
    return 1;
  } finally {
    clearTimeout(limit);
    await project.stopAll();
    if (options.keep) console.log(`The project is in ${project.directory}`);
    else rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

async function timed<T>(step: string, work: () => Promise<T>): Promise<{ value: T; seconds: number }> {
  const started = performance.now();
  const value = await work();
  const seconds = (performance.now() - started) / 1000;
  console.log(`${seconds.toFixed(1).padStart(6)} s  ${step}`);
  return { value, seconds };
}

async function useEndpoint(project: MadeProject): Promise<void> {
  const app = await project.start(["npm", "start"], {});
  const headers = { authorization: "Bearer development", "content-type": "application/json" };
  const body = JSON.stringify({ name: "Dressed stone" });
  const stranger = await fetch(`${app.url}/v1/orders`, { method: "POST", body });
  const created = await fetch(`${app.url}/v1/orders`, { method: "POST", headers, body });
  const { id } = (await created.json()) as { id: string };
  const shown = await fetch(`${app.url}/v1/orders/${id}`, { headers });
  const answers = [stranger, created, shown].map(({ status }) => status);
  if (answers.join() !== "401,201,200") throw new Error(`The endpoint answered ${answers.join(", ")}.`);
  await openConsole(app.url, headers);
  await app.stop();
}

/** The page is there for everybody, what it shows for the token of the README. */
async function openConsole(url: string, headers: Readonly<Record<string, string>>): Promise<void> {
  const page = await fetch(`${url}/console/`);
  const nobody = await fetch(`${url}/console/api/session`);
  const operator = await fetch(`${url}/console/api/session`, { headers });
  const { access } = (await operator.json()) as { access?: string };
  const answers = [page.status, nobody.status, operator.status, access];
  if (answers.join() !== "200,401,200,operator")
    throw new Error(`The console answered ${answers.join(", ")}.`);
  const [, script] = /<script[^>]+src="([^"]+)"/.exec(await page.text()) ?? [];
  const { status } = await fetch(new URL(script ?? "/console/no-script", url));
  if (status !== 200)
    throw new Error(`The console's page loads ${script}, which is answered with ${status}.`);
}

/** By the command line of the project, as its README says. */
async function addModule(project: MadeProject): Promise<void> {
  const purpose = "Knows what there is.";
  await project.succeeds([
    ...(["npx", "ashlar", "new", "module", "stock", "--thing", "item", "--purpose", purpose] as const),
  ]);
  await project.succeeds(["npm", "install", "--no-audit", "--no-fund"]);
  await project.succeeds(["npm", "test"]);
  await project.succeeds(["npm", "run", "check"]);
}
