import { Instances } from "ashlar/module";
import type { Change } from "../../api/now.ts";
import { changeOfAction, changesOfMigrations, changesOfStarts, latestFirst } from "../deploys/changes.ts";
import { readMigrations } from "../deploys/migrations.ts";
import { readOperatorActions } from "../deploys/operator-actions.ts";
import type { Ground } from "../ground.ts";

/** More marks than these hide a curve. */
const MOST = 50;

/** What somebody changed that concerns a module: of itself, or of the whole app. The latest first. */
export async function moduleChanges(
  ground: Ground,
  module: string,
  since: number,
  deadline: number,
): Promise<Change[]> {
  const instances = new Instances({ execute: (statement) => ground.execute(statement, deadline) });
  const starts = await instances.starts({ since, limit: MOST });
  const migrations = await readMigrations(ground, { since, limit: 500 }, deadline);
  const actions = await readOperatorActions(ground, { since, limit: MOST }, deadline);
  return latestFirst(
    changesOfStarts(starts),
    changesOfMigrations(migrations.filter((each) => each.module === module)),
    actions.filter(({ modules }) => modules.length === 0 || modules.includes(module)).map(changeOfAction),
  ).slice(0, MOST);
}
