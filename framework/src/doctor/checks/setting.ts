import type { Database } from "../database.ts";

/**
 * Settings as a new session of the administrator in this database would have them, in the unit of pg_settings: not
 * as the doctor's own transaction has set them. Those that the server does not know, or does not show, are missing.
 */
export async function settingsOf(
  { rows }: Pick<Database, "rows">,
  ...names: readonly string[]
): Promise<ReadonlyMap<string, string>> {
  const found = await rows<{ name: string; value: string }>(
    "select name, reset_val as value from pg_settings where name = any ($1)",
    [names],
  );
  return new Map(found.map(({ name, value }) => [name, value]));
}

/** The SQL that changes a setting of the server that takes no restart. */
export function setOnServer(name: string, value: string): string {
  return `alter system set ${name} = ${value}; select pg_reload_conf();`;
}
