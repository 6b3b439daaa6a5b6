// Every incident in the real shop under load: the check that is to see it does, names the module, and ends with it.
// Rounds follow each other faster than in a running shop, and for an end the monitor's clock is moved on; how long it
// takes by the clock on the wall, `npm run incident` tells.
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { Firing } from "ashlar/health";
import { isRepetition } from "../../test/shop-process.ts";
import type { Incident } from "../incident.ts";
import { incidents } from "../incidents.ts";
import { practise } from "../practice.ts";
import { openWatchedShop } from "./watched-shop.ts";

const RATE = 20;
/** Longer than a window that some checks look at, in a few rounds. */
const LATER_MS = 60_000;
const DEADLINE_MS = 20_000;

describe("a planted incident", { skip: isRepetition }, async () => {
  if (isRepetition) return;
  const shop = await openWatchedShop();
  after(() => shop[Symbol.asyncDispose]());

  for (const incident of incidents.filter(({ name }) => name !== "disk-nearly-full")) {
    it(`${incident.name} is seen by ${incident.seenBy.join(" and ")}`, async (t) => {
      const [check] = incident.seenBy;
      const stop = new AbortController();
      const { url, databaseUrl } = shop;
      await using practice = await practise(incident, { url, databaseUrl, rate: RATE, signal: stop.signal });
      await before(practice.requests);
      assert.deepEqual(ofIncident(await shop.look(), incident), [], "nothing fires before it");
      const since = performance.now();
      await practice.plant();
      const firing = await seen(incident);
      t.diagnostic(`${check} after ${((performance.now() - since) / 1000).toFixed(1)} s: ${firing.title}`);
      for (const line of firing.evidence) t.diagnostic(`  ${line}`);
      assert.equal(firing.module, incident.module);
      await practice[Symbol.asyncDispose]();
      await ended(incident);
    });
  }

  /** Enough requests for a "before", and a look at the statements that they sent. */
  /** Enough requests for a "before". */
  async function before(requests: () => number): Promise<void> {
    await shop.look();
    const wanted = requests() + 3 * RATE;
    await until("traffic flows", async () => requests() >= wanted);
    await shop.look();
  }

  async function seen(incident: Incident): Promise<Firing> {
    let found: Firing | undefined;
    await until(`${incident.seenBy[0]} fires`, async () => {
      found = ofIncident(await shop.look(), incident)[0];
      return found !== undefined;
    });
    return found!;
  }

  async function ended(incident: Incident): Promise<void> {
    await until(`${incident.seenBy[0]} ends`, async () => {
      return ofIncident(await shop.look(LATER_MS), incident).length === 0;
    });
  }
});

function ofIncident(firing: readonly Firing[], { seenBy }: Incident): Firing[] {
  return firing.filter(({ check }) => check === seenBy[0]);
}

/** Like `eventually`, for what takes longer than five seconds. */
async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited ${DEADLINE_MS} ms in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
