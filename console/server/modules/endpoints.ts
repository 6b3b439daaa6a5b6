import { Refusal } from "ashlar/http";
import type { ModuleDescription } from "ashlar/module";
import { MODULE_RANGES, type ModuleRange } from "../../api/module.ts";
import type { Endpoint } from "../endpoint.ts";
import type { Ground } from "../ground.ts";
import { Kept } from "./kept.ts";
import { moduleList } from "./module-list.ts";
import { ModulePlaces } from "./module-places.ts";
import { moduleView } from "./module-view.ts";

/** The modules: all of them, one of them, and what is written of one. */
export function moduleEndpoints(ground: Ground): readonly Endpoint[] {
  const kept = new Kept(ground.now);
  const places = new ModulePlaces(ground.root, ground.description);
  const moduleOf = (name: string | undefined): ModuleDescription => {
    const module = ground.description.modules.find((each) => each.name === name);
    if (module !== undefined) return module;
    throw new Refusal("ROUTE_NOT_FOUND", { detail: "The app has no module of this name." });
  };
  return [
    { kind: "read", path: "/modules", read: ({ deadline }) => moduleList(ground, places, kept, deadline) },
    {
      kind: "read",
      path: "/modules/{name}",
      read: async ({ params, query, deadline }) => {
        const module = moduleOf(params.name);
        return await moduleView({
          ground,
          places,
          kept,
          module,
          range: rangeOf(query.get("range")),
          deadline,
        });
      },
    },
    {
      kind: "read",
      path: "/modules/{name}/documents/{document}",
      read: async ({ params }) => {
        const document = places.read(moduleOf(params.name).name, params.document ?? "");
        if (document !== null) return document;
        throw new Refusal("ROUTE_NOT_FOUND", { detail: "The module has no such document." });
      },
    },
  ];
}

function rangeOf(given: string | null): ModuleRange {
  const range = MODULE_RANGES.find((each) => each === (given ?? "1h"));
  if (range !== undefined) return range;
  throw new Refusal("REQUEST_INVALID", {
    errors: [{ path: "/query/range", message: `must be one of ${MODULE_RANGES.join(", ")}` }],
  });
}
