import type { Execute } from "../store/store-parts.ts";
import { conditionsOf, type JobFilter, type JobState, STATE_SQL, statesOf } from "./job-filter.ts";
import { type ListedJob, listedColumns } from "./job-listing.ts";
import type { Part } from "./job-parts.ts";
import { directionOf, type Window, windowOf } from "./job-window.ts";

/** So many rows of a part, behind those that were looked at before. */
export interface Slice {
  readonly part: Part;
  /** The id that was looked at last; null at the beginning. */
  readonly from: number | null;
  readonly share: number;
}

/** What jobs are looked for in a slice. `states` narrows the filter further. */
export interface Wanted {
  readonly filter: JobFilter;
  readonly states?: readonly JobState[] | undefined;
}

/** Where a slice ended. */
export interface SliceEnd {
  readonly count: number;
  /** Null when nothing is behind it. */
  readonly last: number | null;
}

/**
 * The first jobs in some slices of one table, slice by slice. Not materialised: it ends with the last row that is
 * wanted, and slices behind it are not read.
 */
export async function findIn(
  execute: Execute,
  slices: readonly Slice[],
  { filter }: Wanted,
  limit: number,
): Promise<ListedJob[]> {
  const selects = new Selects();
  for (const slice of slices) {
    const { module, table } = slice.part;
    const window = windowIn(slice, { filter });
    const { text, values } = matching(slice, { filter }, window);
    selects.add(
      `select ${selects.count} as slice, ${listedColumns(module, table)} ${text}
        order by ${window.order} limit $${values.length + 1}`,
      [...values, limit],
    );
  }
  const { rows } = await execute<Omit<ListedJob, "module"> & { slice: number }>({
    text: `select * from (${selects.text}) found limit $${selects.values.length + 1}`,
    values: [...selects.values, limit],
  });
  return rows.map(({ slice, ...row }) => ({ module: slices[slice]!.part.module, ...row }));
}

/** How many jobs of each state are in some slices of one table; in none of them it counts beyond `atMost`. */
export async function countIn(
  execute: Execute,
  slices: readonly Slice[],
  wanted: Wanted,
  atMost: number,
): Promise<{ readonly slice: number; readonly state: JobState; readonly count: number }[]> {
  const selects = new Selects();
  for (const slice of slices) {
    const { text, values } = matching(slice, wanted, windowIn(slice, wanted));
    selects.add(
      `select ${selects.count} as slice, state, count(*)::integer as count
        from (select ${STATE_SQL[slice.part.table]} as state ${text} limit $${values.length + 1}) counted
        group by state`,
      [...values, atMost],
    );
  }
  const { rows } = await execute<{ slice: number; state: JobState; count: number }>(selects);
  return rows;
}

/** How many rows each slice holds, and the last of them if there are more behind it. */
export async function endsOf(
  execute: Execute,
  slices: readonly Slice[],
  wanted: Wanted,
): Promise<SliceEnd[]> {
  const selects = new Selects();
  const furthest = directionOf(wanted.filter) === "newest" ? "min" : "max";
  for (const slice of slices) {
    const { from, order, conditions } = windowIn(slice, wanted);
    selects.add(
      `select ${selects.count} as slice, count(*)::integer as count, ${furthest}(id) as last
        from (select j.id ${from} order by ${order} limit $${conditions.values.length + 1}) seen`,
      [...conditions.values, slice.share],
    );
  }
  const { rows } = await execute<SliceEnd & { slice: number }>(selects);
  const ends = new Map(rows.map((row) => [row.slice, row]));
  return slices.map(({ share }, slice) => {
    const { count, last } = ends.get(slice)!;
    return { count, last: count < share ? null : last };
  });
}

function windowIn({ part, from, share }: Slice, { filter, states }: Wanted): Window {
  const { module, table } = part;
  return windowOf(filter, module, table, {
    direction: directionOf(filter),
    from,
    share,
    states: statesOf(filter, table, states),
  });
}

/** `from … where …` of the rows of a slice that satisfy the filter. */
function matching({ part, share }: Slice, { filter, states }: Wanted, window: Window) {
  const conditions = conditionsOf(filter, part.module, part.table, states)!;
  const from = renumbered(window.from, conditions.values.length);
  const values = [...conditions.values, ...window.conditions.values, share];
  const text = `from (select j.* ${from} order by ${window.order} limit $${values.length}) j
        where ${conditions.text}`;
  return { text, values };
}

/** One statement of several selects, whose placeholders begin with 1 in each: one round trip instead of many. */
class Selects {
  readonly #texts: string[] = [];
  readonly values: unknown[] = [];

  add(text: string, values: readonly unknown[]): void {
    this.#texts.push(`(${renumbered(text, this.values.length)})`);
    this.values.push(...values);
  }

  get count(): number {
    return this.#texts.length;
  }

  get text(): string {
    return this.#texts.join("\nunion all\n");
  }
}

function renumbered(text: string, shift: number): string {
  return text.replaceAll(/\$(\d+)/g, (_, number) => `$${Number(number) + shift}`);
}
