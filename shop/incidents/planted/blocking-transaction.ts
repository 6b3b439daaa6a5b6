import { rolesOf } from "ashlar/postgres";
import type { Incident } from "../incident.ts";
import { dropStaleVisitors, openVisitor } from "../visitor.ts";

/** Somebody updates all carts in a terminal and goes to lunch before the commit. */
export const blockingTransaction: Incident = {
  name: "blocking-transaction",
  story: "A session has updated all carts and commits nothing; whoever changes a cart waits for it",
  seenBy: ["blocking", "transaction-held"],
  module: "ordering",
  async plant(scene, leftovers) {
    const role = rolesOf("shop", "ordering").app;
    const visitor = await openVisitor(scene, role, leftovers);
    await visitor.query(`begin; set local role ${role}`);
    await visitor.query("update ordering.carts set changed_at = changed_at");
  },
  clear: dropStaleVisitors,
};
