import { workerRole } from "ashlar/postgres";
import type { Incident } from "../incident.ts";
import { dropStaleVisitors, openVisitor } from "../visitor.ts";

/** A session holds the turn of ordering's relay: every instance passes it over, and events pile up. */
export const relayLag: Incident = {
  name: "relay-lag",
  story:
    "Events of ordering lie in its outbox: a session holds the turn of the relay and does not give it back",
  seenBy: ["relay-lag", "transaction-held"],
  module: "ordering",
  async plant(scene, leftovers) {
    const role = workerRole("shop");
    const visitor = await openVisitor(scene, role, leftovers);
    await visitor.query(`begin; set local role ${role}`);
    await visitor.query("select from ordering._relay for update");
  },
  clear: dropStaleVisitors,
};
