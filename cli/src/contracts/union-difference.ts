import { type Alternatives, type Branch, haveDifferentMarks, marksOf } from "./schema-alternatives.ts";
import type { Comparison, SchemaChange } from "./schema-difference.ts";
import { VALUE_TYPES, type ValueType } from "./schema-shape.ts";

/** Differences of what is accepted as a whole. Shapes that are alike on both sides are compared with one another. */
export function unionChanges(
  comparison: Comparison,
  old: Alternatives,
  new_: Alternatives,
): readonly SchemaChange[] {
  const nulls = nullChanges(comparison, old, new_);
  if (old.branches.length === 1 && new_.branches.length === 1) {
    return [...nulls, ...comparison.shapes(old.branches[0]!.shape, new_.branches[0]!.shape)];
  }
  const olds = old.branches.flatMap(byType);
  const news = new_.branches.flatMap(byType);
  const changes = [...nulls, ...branchChanges(comparison, olds, news)];
  if (
    (comparison.direction === "request" ? new_ : old).mayOverlap &&
    !(old.structure === new_.structure && areAlike(comparison, olds, news))
  ) {
    changes.push(
      comparison.change(
        "cannot-tell",
        "",
        "a branch of oneOf changed, and a value may match more than one of them; make them exclusive by a required literal, or write anyOf",
      ),
    );
  }
  return changes;
}

function branchChanges(
  comparison: Comparison,
  olds: readonly Branch[],
  news: readonly Branch[],
): readonly SchemaChange[] {
  const changes: SchemaChange[] = [];
  const oldLeft = new Set(olds);
  const newLeft = new Set(news);
  const settle = (one: Branch, other: Branch) => {
    oldLeft.delete(one);
    newLeft.delete(other);
  };
  for (const one of olds) {
    const other =
      one.reference === null
        ? undefined
        : news.find((each) => each.reference === one.reference && newLeft.has(each));
    if (other === undefined) continue;
    settle(one, other);
    changes.push(...comparison.part(one.node, other.node, ""));
  }
  const isRequest = comparison.direction === "request";
  // What is judged is whether each branch of the one side still has one of the other that holds all its values.
  const judged = [...(isRequest ? oldLeft : newLeft)];
  const covering = isRequest ? news : olds;
  const pairOf = (branch: Branch, other: Branch): readonly [Branch, Branch] =>
    isRequest ? [branch, other] : [other, branch];
  const uncovered: Branch[] = [];
  for (const branch of judged) {
    const cover = covering
      .filter((other) => mayShare(branch, other))
      .find((other) => {
        const [one, two] = pairOf(branch, other);
        return comparison.isHarmlessShape(one.shape, two.shape);
      });
    if (cover === undefined) uncovered.push(branch);
    else settle(...pairOf(branch, cover));
  }
  for (const branch of uncovered) {
    const other = [...(isRequest ? newLeft : oldLeft)].find((each) => areCounterparts(branch, each));
    if (other === undefined) continue;
    const [one, two] = pairOf(branch, other);
    settle(one, two);
    changes.push(...comparison.shapes(one.shape, two.shape));
  }
  for (const branch of oldLeft) {
    changes.push(
      comparison.change("union-branch-removed", "", `${nameOf(branch)} is not among its shapes any more`),
    );
  }
  for (const branch of newLeft) {
    changes.push(comparison.change("union-branch-added", "", `${nameOf(branch)} is among its shapes now`));
  }
  return changes;
}

function nullChanges(comparison: Comparison, old: Alternatives, new_: Alternatives): readonly SchemaChange[] {
  if (old.isNullable === new_.isNullable) return [];
  // A schema that says no type at all: `type-stated`, `type-narrowed` and the like say it.
  const open = (old.isNullable ? old : new_).branches;
  const stated = (old.isNullable ? new_ : old).branches;
  if (
    open.some(({ shape }) => shape.isTypeless) &&
    VALUE_TYPES.some((type) => type !== "null" && !stated.some(({ shape }) => shape.types.has(type)))
  ) {
    return [];
  }
  return [
    old.isNullable
      ? comparison.change("null-removed", "", "null is not valid any more")
      : comparison.change("null-added", "", "null is possible now"),
  ];
}

function areAlike(comparison: Comparison, olds: readonly Branch[], news: readonly Branch[]): boolean {
  return (
    olds.length === news.length && olds.every((one, at) => comparison.isEquivalent(one.node, news[at]!.node))
  );
}

function byType(branch: Branch): readonly Branch[] {
  const { shape } = branch;
  if (shape.isTypeless || shape.literals !== null) return [branch];
  const groups = new Map<string, ValueType[]>();
  for (const type of shape.types) {
    const group = type === "fraction" ? "integer" : type;
    groups.set(group, [...(groups.get(group) ?? []), type]);
  }
  if (groups.size < 2) return [branch];
  return [...groups.values()].map((types) => ({
    ...branch,
    reference: null,
    shape: { ...shape, types: new Set(types) },
  }));
}

function mayShare(one: Branch, other: Branch): boolean {
  return [...one.shape.types].some((type) => other.shape.types.has(type));
}

/** Whether people would say that the one became the other. */
function areCounterparts(one: Branch, other: Branch): boolean {
  const title = (branch: Branch) => branch.shape.schema.title;
  if (title(one) !== undefined || title(other) !== undefined) return title(one) === title(other);
  if (!mayShare(one, other)) return false;
  return !haveDifferentMarks(one.shape.schema, other.shape.schema);
}

function nameOf({ shape, reference }: Branch): string {
  if (reference !== null) return reference.split("/").at(-1)!;
  if (typeof shape.schema.title === "string") return shape.schema.title;
  if (shape.literals !== null) return [...shape.literals].slice(0, 6).join(", ");
  const [mark] = Object.entries(marksOf(shape.schema));
  if (mark !== undefined) return `the one with ${mark[0]} ${[...mark[1]].join(" or ")}`;
  return shape.isTypeless
    ? "one without a type"
    : [...shape.types].filter((type) => type !== "fraction").join(" or ");
}
