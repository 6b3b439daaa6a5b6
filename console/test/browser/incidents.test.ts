// The incidents of shop/incidents, found by somebody who knows nothing but the console: from the Now screen along what
// is there to be clicked, to where the cause stands. Three clicks are allowed; each walk says how many it took.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { incidents } from "../../../shop/incidents/incidents.ts";
import { openScene, type Scene } from "./harness.ts";
import { stockShelves, type Walk, walk } from "./walk.ts";

const MOST_CLICKS = 3;

/** In this order: what fails in one is counted for five minutes, and must not be found in the next. */
const walks: Readonly<Record<string, Walk>> = {
  "poison-event": {
    check: "dead-letters",
    further: [(page) => page.locator('main a[href*="/jobs/ordering"]').first()],
    cause: [/There is no order/, /1c1de170/],
  },
  "stuck-queue": { check: "queue-stuck", cause: [/payments/, /paused/i, /somebody at a deploy/] },
  "error-burst": {
    check: "route-errors",
    further: [(page) => page.locator('main a[href*="/traces/"]').first()],
    cause: [/PUT \/v1\/cart\/items\/\{sku\}/, /INTERNAL/, /ordering\.cart_items/],
  },
  "relay-lag": { check: "transaction-held", cause: [/ordering\._relay for update/, /idle in transaction/] },
  "blocking-transaction": {
    check: "blocking",
    cause: [/update ordering\.carts set changed_at/, /idle in transaction/, /sessions? waits?/],
  },
  "pool-exhausted": { check: "pool-holder", cause: [/ordering/, /cart_items/] },
};

let scene: Scene;
before(async () => {
  scene = await openScene();
  await stockShelves(scene);
});

describe("from the Now screen to the cause in three clicks", () => {
  for (const [name, way] of Object.entries(walks)) {
    test(name, async (t) => {
      const incident = incidents.find((each) => each.name === name)!;
      const { clicks, pathname } = await walk(scene, incident, way);
      t.diagnostic(`${clicks} ${clicks === 1 ? "click" : "clicks"}: ${pathname}`);
      assert.ok(clicks <= MOST_CLICKS);
    });
  }
});
