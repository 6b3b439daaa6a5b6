/** Dead rows from which on they may be worth a word. */
export const DEAD_ROWS = 10_000;
const DEAD_SHARE = 0.3;

/** How autovacuum is set for a table: its own setting or the server's. */
function setting(name: string): string {
  return `coalesce((select option_value from pg_options_to_table(c.reloptions) where option_name = '${name}'),
    current_setting('${name}'))::float8`;
}

/** SQL: the dead rows from which on autovacuum should come to the table `c` of pg_class. */
export const VACUUM_DUE = `(${setting("autovacuum_vacuum_threshold")}
  + ${setting("autovacuum_vacuum_scale_factor")} * greatest(c.reltuples, 0))`;

/** Whether a table is full of dead rows that vacuum should long have cleared. All three are estimates. */
export function isFullOfDeadRows(table: {
  readonly live: number;
  readonly dead: number;
  /** See VACUUM_DUE. */
  readonly due: number;
}): boolean {
  const { live, dead, due } = table;
  return dead >= DEAD_ROWS && dead >= DEAD_SHARE * (live + dead) && dead > 2 * due;
}
