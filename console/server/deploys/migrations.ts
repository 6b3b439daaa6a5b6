import { SYSTEM_SCHEMA } from "ashlar/postgres";
import type { Ground } from "../ground.ts";

/** A migration that was applied. */
export interface AppliedFile {
  readonly module: string;
  readonly source: "framework" | "module";
  readonly version: number;
  readonly name: string;
  /** Milliseconds of the epoch. */
  readonly at: number;
  readonly durationMs: number;
}

/** What `_migrations` of the modules say, the latest first, in one statement. Module names need no escapes. */
export async function readMigrations(
  ground: Pick<Ground, "description" | "execute">,
  filter: { readonly since: number; readonly limit: number; readonly module?: string | undefined },
  deadline?: number,
): Promise<AppliedFile[]> {
  const modules = [...ground.description.modules.map(({ name }) => name), SYSTEM_SCHEMA].filter(
    (name) => filter.module === undefined || name === filter.module,
  );
  if (modules.length === 0) return [];
  const each = modules.map(
    (name) =>
      `select '${name}' as module, source, version, name, applied_at, duration_ms from "${name}"._migrations
       where applied_at >= to_timestamp($1::float8 / 1000)`,
  );
  const { rows } = await ground.execute<AppliedFile>(
    {
      text: `select module, source, version, name, round(extract(epoch from applied_at) * 1000)::float8 as at,
          duration_ms as "durationMs"
        from (${each.join(" union all ")}) as applied order by applied_at desc, module, version desc limit $2::integer`,
      values: [filter.since, filter.limit],
    },
    deadline,
  );
  return rows;
}
