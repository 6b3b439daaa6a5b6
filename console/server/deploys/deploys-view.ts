import { Instances } from "ashlar/module";
import type { Deploys } from "../../api/deploys.ts";
import type { Ground } from "../ground.ts";
import { changeOfAction, changesOfMigrations, changesOfStarts, latestFirst } from "./changes.ts";
import { readMigrations } from "./migrations.ts";
import { readOperatorActions } from "./operator-actions.ts";
import { pendingMigrations } from "./pending.ts";

const WEEK_MS = 7 * 86_400_000;
const MOST_INSTANCES = 100;
const MOST_RELEASES = 50;
const MOST_MIGRATIONS = 300;
const MOST_CHANGES = 200;

/** `module` narrows down what belongs to one; instances and releases are of the whole app. */
export async function deploysView(
  ground: Ground,
  module: string | undefined,
  deadline: number,
): Promise<Deploys> {
  const instances = new Instances({ execute: (statement) => ground.execute(statement, deadline) });
  const since = ground.now() - WEEK_MS;
  const everything = await readMigrations(ground, { since: 0, limit: 10_000 }, deadline);
  const migrations = everything.filter((each) => module === undefined || each.module === module);
  const all = await instances.list({ since: 0, limit: MOST_INSTANCES + 1 });
  const changes = latestFirst(
    changesOfStarts(await instances.starts({ since, limit: MOST_CHANGES })),
    changesOfMigrations(migrations.filter(({ at }) => at >= since)),
    (await readOperatorActions(ground, { since, limit: MOST_CHANGES }, deadline)).map(changeOfAction),
  ).filter((change) => module === undefined || change.module === null || change.module === module);
  const pending = await pendingMigrations(ground.app, everything);
  return {
    instances: all.slice(0, MOST_INSTANCES).map((each) => ({
      ...each,
      startedAt: Math.round(each.startedAt),
      seenAt: Math.round(each.seenAt),
      stoppedAt: each.stoppedAt === null ? null : Math.round(each.stoppedAt),
    })),
    areMoreInstances: all.length > MOST_INSTANCES,
    releases: (await instances.releases({ limit: MOST_RELEASES })).map((each) => ({
      ...each,
      firstAt: Math.round(each.firstAt),
      lastSeenAt: Math.round(each.lastSeenAt),
    })),
    migrations: migrations.slice(0, MOST_MIGRATIONS),
    areMoreMigrations: migrations.length > MOST_MIGRATIONS,
    pending: pending?.filter((each) => module === undefined || each.module === module) ?? null,
    changes: changes.slice(0, MOST_CHANGES),
  };
}
