import type { ModuleList } from "../../api/module.ts";
import type { Ground } from "../ground.ts";
import type { Kept } from "./kept.ts";
import { moduleFiring } from "./module-firing.ts";
import type { ModulePlaces } from "./module-places.ts";
import { lastMinutes } from "./period.ts";
import { recentWork } from "./recent-work.ts";

const MINUTES = 5;

/** Every module of the app, in the app's order. */
export async function moduleList(
  ground: Ground,
  places: ModulePlaces,
  kept: Kept,
  deadline: number,
): Promise<ModuleList> {
  const period = lastMinutes(ground.now(), MINUTES);
  const work = await kept.get(`all ${period.until}`, () => recentWork(ground, period, deadline));
  const { firing } = ground.monitor.now();
  return {
    ...period,
    modules: ground.description.modules.map(({ name, operations, routes, jobs, events }) => ({
      name,
      owners: places.ownersOf(name),
      work: work.ofModule(name),
      database: work.database(name),
      firing: moduleFiring(firing, name),
      operations: operations.length,
      routes: routes.length,
      jobs: jobs.length,
      events: events.length,
    })),
  };
}
