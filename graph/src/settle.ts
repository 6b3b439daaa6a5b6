/** A box, a label, or the place where a line crosses a column; all things of a column lie above each other. */
export interface Thing {
  readonly column: number;
  readonly height: number;
  /** Room that it wants below and above, towards a thing that wants as much. */
  readonly distance: number;
  /** Of its middle. */
  y: number;
  /** The lines that meet it, from columns beside it. */
  readonly joints: Joint[];
}

/** One end of a piece of line. */
export interface Joint {
  readonly thing: Thing;
  /** How far below the middle of the thing it is. */
  offset: number;
  /** The other end. */
  other: Joint;
}

const ROUNDS = 40;

/** A piece of line between two things. */
export function join(one: Thing, other: Thing): void {
  const begin: Joint = { thing: one, offset: 0, other: undefined as never };
  const end: Joint = { thing: other, offset: 0, other: begin };
  begin.other = end;
  one.joints.push(begin);
  other.joints.push(end);
}

/**
 * Moves things towards what they are joined with, as near as the order within their column allows, and spreads joints
 * over the sides of what is high. Columns stay as dense as their boxes are; nothing overlaps before or after.
 */
export function settle(things: readonly Thing[]): void {
  const columns = columnsOf(things);
  for (let round = 0; round < ROUNDS; round++) {
    for (const column of round % 2 === 0 ? columns : columns.toReversed()) settleColumn(column);
    for (const thing of things) spreadJoints(thing);
  }
}

/** Where the joint that has this place among so many of one side lies, from the upper edge down. */
export function placeOnSide(height: number, index: number, count: number): number {
  return (height * (index + 1)) / (count + 1);
}

function columnsOf(things: readonly Thing[]): Thing[][] {
  const columns = new Map<number, Thing[]>();
  for (const thing of things) columns.set(thing.column, [...(columns.get(thing.column) ?? []), thing]);
  return [...columns]
    .sort(([one], [other]) => one - other)
    .map(([, column]) => column.sort((one, other) => one.y - other.y));
}

/**
 * The least squares of the ways to go under the minimum distances: a regression to a rising sequence, by pooling
 * neighbours that would otherwise pass each other.
 */
function settleColumn(column: readonly Thing[]): void {
  const offsets: number[] = [0];
  for (const [index, thing] of column.slice(1).entries()) {
    offsets.push(offsets.at(-1)! + gap(column[index]!, thing));
  }
  const pools: { sum: number; weight: number; count: number }[] = [];
  for (const [index, thing] of column.entries()) {
    const { wanted, weight } = wish(thing);
    pools.push({ sum: (wanted - offsets[index]!) * weight, weight, count: 1 });
    while (pools.length > 1 && mean(pools.at(-2)!) > mean(pools.at(-1)!)) {
      const { sum, weight: more, count } = pools.pop()!;
      const pool = pools.at(-1)!;
      pool.sum += sum;
      pool.weight += more;
      pool.count += count;
    }
  }
  let index = 0;
  for (const pool of pools) {
    for (let left = pool.count; left > 0; left--, index++) column[index]!.y = mean(pool) + offsets[index]!;
  }
}

/** Where a thing would lie best. One with few lines draws stronger: a line that is its only one can be straight. */
function wish({ y, joints }: Thing): { wanted: number; weight: number } {
  // What is joined with nothing follows the others.
  if (joints.length === 0) return { wanted: y, weight: 0.01 };
  let sum = 0;
  let weight = 0;
  for (const { offset, other } of joints) {
    const pull = 1 / other.thing.joints.length ** 4;
    sum += (heightOf(other) - offset) * pull;
    weight += pull;
  }
  return { wanted: sum / weight, weight: joints.length };
}

/** Only boxes have several lines on one side; those of labels and crossings stay in their middle. */
function spreadJoints({ column, height, joints }: Thing): void {
  for (const side of [-1, 1]) {
    const here = joints.filter(({ other }) => Math.sign(other.thing.column - column) === side);
    if (here.length < 2) continue;
    here.sort((one, other) => heightOf(one.other) - heightOf(other.other));
    for (const [index, joint] of here.entries()) {
      joint.offset = placeOnSide(height, index, here.length) - height / 2;
    }
  }
}

function heightOf({ thing, offset }: Joint): number {
  return thing.y + offset;
}

function gap(above: Thing, below: Thing): number {
  return (above.height + below.height) / 2 + (above.distance + below.distance) / 2;
}

function mean({ sum, weight }: { sum: number; weight: number }): number {
  return sum / weight;
}
