import type { Incident } from "../incident.ts";
import { clearTrigger, plantTrigger } from "../planted-trigger.ts";

const TRIGGER = "failing_cart";

/** Half of all that is put into carts fails. */
export const errorBurst: Incident = {
  name: "error-burst",
  story: "Half of the requests that put something into a cart fail",
  seenBy: ["route-errors"],
  module: "ordering",
  async plant(scene) {
    await plantTrigger(scene, {
      name: TRIGGER,
      table: "ordering.cart_items",
      when: "before insert",
      body: "if random() < 0.5 then raise exception 'the cart has no gift' using errcode = 'check_violation'; end if;",
    });
  },
  clear: (scene) => clearTrigger(scene, TRIGGER),
};
