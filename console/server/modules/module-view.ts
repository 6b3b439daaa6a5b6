import type { Firing } from "ashlar/health";
import type { ModuleDescription } from "ashlar/module";
import type { ModuleRange, ModuleSign, ModuleView } from "../../api/module.ts";
import type { Ground } from "../ground.ts";
import { placeOf } from "../now/places.ts";
import { activityOf } from "./activity-of.ts";
import type { Kept } from "./kept.ts";
import { moduleChanges } from "./module-changes.ts";
import { moduleContract } from "./module-contract.ts";
import { moduleCosts } from "./module-cost.ts";
import type { ModulePlaces } from "./module-places.ts";
import { moduleQueues } from "./module-queues.ts";
import { moduleSeries } from "./module-series.ts";
import { moduleWork } from "./module-work.ts";
import { lastMinutes } from "./period.ts";
import { RANGES } from "./range.ts";

export interface ModuleViewParts {
  readonly ground: Ground;
  readonly places: ModulePlaces;
  readonly kept: Kept;
  readonly module: ModuleDescription;
  readonly range: ModuleRange;
  readonly deadline: number;
}

/** All that the page of a module shows. */
export async function moduleView({
  ground,
  places,
  kept,
  module,
  range,
  deadline,
}: ModuleViewParts): Promise<ModuleView> {
  const { name } = module;
  const period = lastMinutes(ground.now(), RANGES[range].minutes);
  const { series, work, costs, changes } = await kept.get(`${name} ${range} ${period.until}`, () =>
    pastOf(ground, module, range, deadline),
  );
  const queues = await moduleQueues(ground, module, deadline);
  return {
    name,
    range,
    ...period,
    owners: places.ownersOf(name),
    directory: places.directoryOf(name),
    documents: places.documentsOf(name),
    firing: ground.monitor
      .now()
      .firing.filter((firing) => firing.module === name)
      .map(signOf),
    work: work.all,
    series,
    changes,
    ...moduleContract(ground.description, module, work),
    queues,
    ...costs,
    log: logOf(ground, name),
  };
}

/** What only every minute changes. One after the other: the console has two connections for all who look. */
async function pastOf(ground: Ground, { name }: ModuleDescription, range: ModuleRange, deadline: number) {
  const { minutes, stepMs } = RANGES[range];
  const period = lastMinutes(ground.now(), minutes);
  return {
    work: await moduleWork(activityOf(ground, deadline), name, period),
    series: await moduleSeries(ground, { ...period, module: name, stepMs }, deadline),
    costs: await moduleCosts(ground, name, period, deadline),
    changes: await moduleChanges(ground, name, period.from, deadline),
  };
}

function signOf(firing: Firing): ModuleSign {
  const { check, subject, severity, title, since } = firing;
  return { check, subject, severity, title, since: Math.round(since), place: placeOf(firing) };
}

function logOf({ app, now }: Ground, module: string): ModuleView["log"] {
  const found = app.telemetry.logLevels.list().find((each) => each.module === module);
  // One without a logger of its own writes as the app does.
  const { level, usual, until } = found ?? app.telemetry.logLevels.list()[0]!;
  return { level, usual, until: until !== null && until.getTime() > now() ? until.getTime() : null };
}
