import { Refusal } from "ashlar/http";
import { SYSTEM_SCHEMA } from "ashlar/postgres";
import type { Endpoint } from "../endpoint.ts";
import type { Ground } from "../ground.ts";
import { deploysView } from "./deploys-view.ts";

/** What runs, since when, and what changed with it. */
export function deploysEndpoints(ground: Ground): readonly Endpoint[] {
  const known = [...ground.description.modules.map(({ name }) => name), SYSTEM_SCHEMA];
  return [
    {
      kind: "read",
      path: "/deploys",
      read: ({ query, deadline }) => {
        const module = query.get("module") || undefined;
        if (module !== undefined && !known.includes(module)) {
          throw new Refusal("REQUEST_INVALID", {
            errors: [{ path: "/query/module", message: `must be one of ${known.join(", ")}` }],
          });
        }
        return deploysView(ground, module, deadline);
      },
    },
  ];
}
