// `npm run incident -- <name>`: plants an incident in a running shop under load and takes it away again. Exit codes:
// 0 done, 1 it failed, 2 it was called wrongly, 130 it was interrupted before it was planted.
import { parseArgs } from "node:util";
import { readConfiguration } from "../hosts/monolith/configuration.ts";
import { failureText } from "../hosts/monolith/start-failure.ts";
import { stopSignal } from "../hosts/monolith/stop-signal.ts";
import type { Incident } from "./incident.ts";
import { incidents } from "./incidents.ts";
import { Onlooker } from "./onlooker.ts";
import { practise } from "./practice.ts";
import { openShopDatabase } from "./shop-database.ts";

const USAGE = `Usage: npm run incident -- NAME [--url URL] [--minutes N] [--rate N]

  list          Show the incidents.
  NAME          Plant one in the shop that runs at URL, with people in it, and take it away again
                after N minutes or with Ctrl-C. Do this to a shop that you may break.

  --url URL     Where the shop is. Default http://127.0.0.1:3000.
  --minutes N   Default 10.
  --rate N      Requests a second. Default 30.

The settings are those of npm start: ASHLAR_HOME or DATABASE_URL say where the shop's database is.`;

const stopping = stopSignal();
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (stopping.aborted) process.exitCode = 130;
  else {
    console.error(failureText(error));
    process.exitCode = 1;
  }
}

async function main(words: readonly string[]): Promise<number> {
  const typed = readArguments(words);
  if (typed === null) {
    console.error(USAGE);
    return 2;
  }
  if (typed.name === "list") {
    for (const { name, story, seenBy } of incidents)
      console.log(`${name.padEnd(22)}${story}.\n${"".padEnd(22)}Seen by ${seenBy.join(", ")}.`);
    return 0;
  }
  const incident = incidents.find(({ name }) => name === typed.name);
  if (incident === undefined) {
    console.error(
      `There is no incident "${typed.name}". There are ${incidents.map(({ name }) => name).join(", ")}.`,
    );
    return 2;
  }
  await run(incident, typed);
  return 0;
}

interface Typed {
  readonly name: string;
  readonly url: string;
  readonly minutes: number;
  readonly rate: number;
}

/** Null when the words mean nothing. */
function readArguments(words: readonly string[]): Typed | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: { url: { type: "string" }, minutes: { type: "string" }, rate: { type: "string" } },
      allowPositionals: true,
    });
    const [name, ...surplus] = positionals;
    const minutes = Number(values.minutes ?? 10);
    const rate = Number(values.rate ?? 30);
    const url = values.url ?? "http://127.0.0.1:3000";
    const isMeant = surplus.length === 0 && minutes > 0 && rate > 0 && URL.canParse(url);
    return name !== undefined && isMeant ? { name, url: new URL(url).origin, minutes, rate } : null;
  } catch {
    return null;
  }
}

async function run(incident: Incident, { url, minutes, rate }: Typed): Promise<void> {
  const configuration = readConfiguration(process.env);
  await using database = await openShopDatabase(configuration);
  console.log(`Preparing ${incident.name}: ${rate} requests a second at ${url}`);
  await using practice = await practise(incident, { url, databaseUrl: database.url, rate, signal: stopping });
  const onlooker = await Onlooker.open(url, configuration);
  // What is compared with "before" needs one; the checks remember two minutes.
  if (incident.prepare !== undefined) await onlooker.look(2 * 60_000, stopping);
  stopping.throwIfAborted();
  await practice.plant();
  console.log(`${incident.story}. Now find it: ${url}/console/`);
  onlooker.begin();
  await onlooker.look(minutes * 60_000, stopping);
  console.log(`Taking it away. ${practice.requests()} requests were sent.`);
}
