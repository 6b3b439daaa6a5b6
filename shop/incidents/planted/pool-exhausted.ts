import type { Incident } from "../incident.ts";
import { clearTrigger, plantTrigger } from "../planted-trigger.ts";
import { openShoppers } from "../shopper.ts";

/** More than the pool has connections. */
const CROWD = 24;
const TRIGGER = "slow_cart";

/** Every change of a cart keeps a connection for seconds; nobody waits for a lock. */
export const poolExhausted: Incident = {
  name: "pool-exhausted",
  story: "Every change of a cart takes three seconds, and ordering holds all connections",
  seenBy: ["pool-holder", "pool-saturated"],
  module: "ordering",
  async plant(scene, leftovers) {
    const crowd = leftovers.use(await openShoppers(scene.url, CROWD));
    await plantTrigger(scene, {
      name: TRIGGER,
      table: "ordering.cart_items",
      when: "before insert",
      body: "perform pg_sleep(3);",
    });
    crowd.keep((shopper) => shopper.fillCart());
  },
  clear: (scene) => clearTrigger(scene, TRIGGER),
};
