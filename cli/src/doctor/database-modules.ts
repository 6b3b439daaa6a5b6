import { join } from "node:path";
import type { AppDescription } from "ashlar/module";
import type { DatabaseModule } from "ashlar/postgres";

/** What the database must know of the modules, from what they say of themselves. */
export function databaseModules({ modules }: AppDescription, root: string): DatabaseModule[] {
  const views = new Map(
    modules.flatMap(({ name, views: published }) =>
      published.map(({ id, view }) => [id, { module: name, view }] as const),
    ),
  );
  return modules.map(({ name, migrations, views: published, reads }) => ({
    name,
    migrations: migrations === null ? "" : join(root, migrations),
    publishes: published.map(({ view }) => view),
    reads: reads.flatMap((id) => views.get(id) ?? []),
  }));
}
