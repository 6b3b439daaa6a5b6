import { arrayChanges } from "./array-difference.ts";
import { type ChangeId, type Direction, type Severity, severityOf } from "./change-rules.ts";
import { conditionChanges, discriminatorChanges } from "./condition-difference.ts";
import { limitChanges } from "./limit-difference.ts";
import { literalChanges } from "./literal-difference.ts";
import { objectChanges } from "./object-difference.ts";
import { alternativesOf } from "./schema-alternatives.ts";
import { isObject, type SchemaNode, type SchemaObject, type SchemaRoot, sameText } from "./schema-node.ts";
import type { SchemaShape } from "./schema-shape.ts";
import { Simplifier } from "./schema-simplified.ts";
import { typeChanges } from "./type-difference.ts";
import { unionChanges } from "./union-difference.ts";

/** One change of a schema. `pointer` is the place in a value; `*` in it is any item or any key. */
export interface SchemaChange {
  readonly id: ChangeId;
  readonly severity: Severity;
  readonly pointer: string;
  /** What happened, as a sentence without a subject's place. */
  readonly text: string;
}

/**
 * Who takes the values in: a client that ignores the properties it does not know, or code that validates by the
 * schema as it knew it.
 */
export type Reader = "tolerant" | "validating";

export interface SchemaSides {
  readonly old: SchemaRoot;
  readonly new: SchemaRoot;
  readonly direction: Direction;
  readonly reader: Reader;
  /**
   * Told of two references that meet; it then compares what they lead to once, instead of at every place that refers
   * to it. Without it references are followed.
   */
  atReferences?(old: string, new_: string): void;
}

/** What the parts of a comparison need of it. */
export interface Comparison {
  readonly direction: Direction;
  readonly reader: Reader;
  change(id: ChangeId, pointer: string, text: string, severity?: Severity): SchemaChange;
  /** Compares parts of both; `step` leads from the value to that part of it. */
  part(old: SchemaNode, new_: SchemaNode, step: string): readonly SchemaChange[];
  shapes(old: SchemaShape, new_: SchemaShape): readonly SchemaChange[];
  /** Compares through every reference, and only for whether there is anything to say. */
  isHarmlessShape(old: SchemaShape, new_: SchemaShape): boolean;
  simplifiedOld(node: SchemaNode): SchemaNode;
  simplifiedNew(node: SchemaNode): SchemaNode;
  /** No change of any kind, in either direction. */
  isEquivalent(old: SchemaNode, new_: SchemaNode): boolean;
}

/**
 * What happened between two schemas, for one who sends such values (request) or takes them in (response).
 *
 * It is sound: when nothing above `ok` is found, then for a request every value that was valid still is, and for a
 * response every value that is valid now was valid before. Two things are assumed: requests do not hold properties
 * that their schema neither names nor expressly allows, and a tolerant reader ignores those that it does not know.
 * What it cannot decide is `cannot-tell`.
 */
export function schemaChanges(
  old: SchemaNode,
  new_: SchemaNode,
  sides: SchemaSides,
): readonly SchemaChange[] {
  return new SchemaComparison(sides).compare(old, new_);
}

/** For a schema that carries its own definitions, as those of contracts do. */
export function ownRoot(schema: SchemaNode): SchemaRoot {
  return { document: schema, isOpenApi30: false };
}

export class SchemaComparison implements Comparison {
  readonly direction: Direction;
  readonly reader: Reader;
  readonly #sides: SchemaSides;
  readonly #oldSimplifier: Simplifier;
  readonly #newSimplifier: Simplifier;
  readonly #known = new WeakMap<SchemaObject, WeakMap<SchemaObject, readonly SchemaChange[]>>();
  #deep: SchemaComparison | undefined;
  #reverse: SchemaComparison | undefined;

  constructor(sides: SchemaSides, simplifiers?: readonly [Simplifier, Simplifier]) {
    this.direction = sides.direction;
    this.reader = sides.reader;
    this.#sides = sides;
    [this.#oldSimplifier, this.#newSimplifier] = simplifiers ?? [
      new Simplifier(sides.old),
      new Simplifier(sides.new),
    ];
  }

  compare(old: SchemaNode, new_: SchemaNode): readonly SchemaChange[] {
    const { atReferences } = this.#sides;
    if (atReferences !== undefined && isObject(old) && isObject(new_)) {
      const oldReference = soleReference(old, this.#sides.old);
      const newReference = soleReference(new_, this.#sides.new);
      if (oldReference !== null && newReference !== null) {
        atReferences(oldReference, newReference);
        return [];
      }
    }
    return this.#simplifiedChanges(this.#oldSimplifier.simplified(old), this.#newSimplifier.simplified(new_));
  }

  /** Compares what two references lead to, though `atReferences` is there. */
  compareTargets(old: SchemaNode, new_: SchemaNode): readonly SchemaChange[] {
    return this.#simplifiedChanges(this.#oldSimplifier.simplified(old), this.#newSimplifier.simplified(new_));
  }

  change(
    id: ChangeId,
    pointer: string,
    text: string,
    severity = severityOf(id, this.direction),
  ): SchemaChange {
    return { id, severity, pointer, text };
  }

  part(old: SchemaNode, new_: SchemaNode, step: string): readonly SchemaChange[] {
    const changes = this.compare(old, new_);
    return step === "" || changes.length === 0
      ? changes
      : changes.map((change) => ({ ...change, pointer: `${step}${change.pointer}` }));
  }

  isHarmlessShape(old: SchemaShape, new_: SchemaShape): boolean {
    return this.#throughReferences(this.direction)
      .shapes(old, new_)
      .every(({ severity }) => severity === "ok" || severity === "note");
  }

  simplifiedOld(node: SchemaNode): SchemaNode {
    return this.#oldSimplifier.simplified(node);
  }

  simplifiedNew(node: SchemaNode): SchemaNode {
    return this.#newSimplifier.simplified(node);
  }

  isEquivalent(old: SchemaNode, new_: SchemaNode): boolean {
    return (["request", "response"] as const).every(
      (direction) => this.#throughReferences(direction).compare(old, new_).length === 0,
    );
  }

  /** The comparison that follows references, in either direction. */
  #throughReferences(direction: Direction): SchemaComparison {
    if (this.#sides.atReferences !== undefined) {
      if (this.#deep === undefined) {
        const { atReferences: _, ...sides } = this.#sides;
        this.#deep = new SchemaComparison(sides, [this.#oldSimplifier, this.#newSimplifier]);
      }
      return this.#deep.#throughReferences(direction);
    }
    if (direction === this.direction) return this;
    if (this.#reverse === undefined) {
      this.#reverse = new SchemaComparison({ ...this.#sides, direction }, [
        this.#oldSimplifier,
        this.#newSimplifier,
      ]);
      this.#reverse.#reverse = this;
    }
    return this.#reverse;
  }

  #simplifiedChanges(old: SchemaNode, new_: SchemaNode): readonly SchemaChange[] {
    if (old === new_ && !isObject(old)) return [];
    if (!isObject(old) || !isObject(new_)) return this.#meaningChanges(old, new_);
    const known = this.#known.get(old)?.get(new_);
    if (known !== undefined) return known;
    const ofOld = this.#known.get(old) ?? new WeakMap<SchemaObject, readonly SchemaChange[]>();
    this.#known.set(old, ofOld);
    // A pair that contains itself: taken as the same inside, because its own differences are told of here.
    ofOld.set(new_, []);
    const changes = this.#meaningChanges(old, new_);
    ofOld.set(new_, changes);
    return changes;
  }

  #meaningChanges(old: SchemaNode, new_: SchemaNode): readonly SchemaChange[] {
    const oldAlternatives = alternativesOf(old, this.#sides.old, this.#oldSimplifier);
    const newAlternatives = alternativesOf(new_, this.#sides.new, this.#newSimplifier);
    return [
      ...this.#markChanges(isObject(old) ? old : {}, isObject(new_) ? new_ : {}),
      ...unionChanges(this, oldAlternatives, newAlternatives),
    ];
  }

  shapes(old: SchemaShape, new_: SchemaShape): readonly SchemaChange[] {
    return [
      ...typeChanges(this, old, new_),
      ...literalChanges(this, old, new_),
      ...limitChanges(this, old, new_),
      ...arrayChanges(this, old, new_),
      ...objectChanges(this, old, new_),
      ...conditionChanges(this, old.schema, new_.schema),
    ];
  }

  /** What a schema says beyond which values are valid. */
  #markChanges(old: SchemaObject, new_: SchemaObject): readonly SchemaChange[] {
    const changes: SchemaChange[] = [];
    if (!sameText({ default: old.default }, { default: new_.default })) {
      changes.push(
        "default" in old
          ? this.change(
              "default-changed",
              "",
              "default" in new_
                ? `the default changed from ${JSON.stringify(old.default)} to ${JSON.stringify(new_.default)}`
                : `the default ${JSON.stringify(old.default)} was removed`,
            )
          : this.change("default-added", "", `a default was added: ${JSON.stringify(new_.default)}`),
      );
    }
    for (const unit of ["x-unit", "x-currency"]) {
      if (old[unit] === new_[unit]) continue;
      // To state a unit changes none.
      if (old[unit] === undefined) continue;
      changes.push(
        this.change(
          "unit-changed",
          "",
          `${unit} changed from ${String(old[unit])} to ${String(new_[unit] ?? "nothing")}`,
        ),
      );
    }
    return [...changes, ...discriminatorChanges(this, old.discriminator, new_.discriminator)];
  }
}

/** The reference of a schema that is nothing else. What 3.0 ignores beside one is nothing. */
function soleReference(schema: SchemaObject, root: SchemaRoot): string | null {
  if (typeof schema.$ref !== "string") return null;
  return root.isOpenApi30 || sameText(schema, { $ref: schema.$ref }) ? schema.$ref : null;
}
