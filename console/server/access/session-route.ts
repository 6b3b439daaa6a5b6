import { hostname } from "node:os";
import type { PartRoute } from "ashlar/http";
import { actorKey } from "ashlar/module";
import type { SessionView } from "../../api/session.ts";
import type { Ground } from "../ground.ts";
import { API, JSON_TYPE } from "../reading/read-route.ts";
import type { Gate } from "./gate.ts";

/** Who is signed in, and to what. Asks the database nothing. */
export function sessionRoute({ app, release }: Ground, gate: Gate): PartRoute {
  const instance = `${hostname()}:${process.pid}`;
  const modules = app.graph.modules.map(({ name }) => name);
  return {
    method: "GET",
    path: `${API}/session`,
    isQuiet: true,
    answer: async (exchange) => {
      const { actor, access } = await gate.admitReader(exchange);
      const view: SessionView = { app: app.name, release, instance, actor: actorKey(actor), access, modules };
      exchange.answer(200, JSON.stringify(view), JSON_TYPE);
    },
  };
}
