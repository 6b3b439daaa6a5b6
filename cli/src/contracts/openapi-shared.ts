import { type ApiChange, ApiChanges } from "./api-change.ts";
import { bySeverity, type Direction } from "./change-rules.ts";
import type { OpenApiDescription } from "./openapi-file.ts";
import { type SchemaChange, SchemaComparison } from "./schema-difference.ts";
import { resolve, type SchemaNode } from "./schema-node.ts";

interface SharedPair {
  readonly old: string;
  readonly new: string;
  readonly direction: Direction;
  changes: readonly SchemaChange[];
  /** Operations and other pairs that lead here. */
  readonly from: Set<string | SharedPair>;
}

/**
 * Compares schemas where operations hold them. Those behind references are compared once for each direction,
 * however many operations lead to them, and however they refer to one another.
 */
export class SharedSchemas {
  readonly #old: OpenApiDescription;
  readonly #new: OpenApiDescription;
  readonly #comparisons = new Map<Direction, SchemaComparison>();
  readonly #pairs = new Map<string, SharedPair>();
  readonly #waiting: SharedPair[] = [];
  /** What is being compared, so what leads to the references that are met. */
  #at: string | SharedPair = "";

  constructor(old: OpenApiDescription, new_: OpenApiDescription) {
    this.#old = old;
    this.#new = new_;
  }

  /** `where` is the operation that it is for. */
  compare(where: string, old: SchemaNode, new_: SchemaNode, direction: Direction): readonly SchemaChange[] {
    this.#at = where;
    const changes = this.#comparison(direction).compare(old, new_);
    for (let pair = this.#waiting.pop(); pair !== undefined; pair = this.#waiting.pop()) {
      this.#at = pair;
      pair.changes = this.#comparison(pair.direction).compareTargets(
        resolve(this.#old, pair.old) as SchemaNode,
        resolve(this.#new, pair.new) as SchemaNode,
      );
    }
    return changes;
  }

  /** Those of shared schemas. The same change in both directions is one. */
  changes(): readonly ApiChange[] {
    const found = new Map<string, ApiChange>();
    for (const pair of this.#pairs.values()) {
      if (pair.changes.length === 0) continue;
      const usedBy = operationsLeadingTo(pair);
      const changes = new ApiChanges(placeOf(pair));
      changes.addSchema(pair.direction, pair.changes);
      for (const change of changes.list) {
        const key = JSON.stringify([change.where, change.id, change.pointer, change.text]);
        const other = found.get(key);
        if (other === undefined) {
          found.set(key, { ...change, usedBy });
          continue;
        }
        const severer = bySeverity(change.severity, other.severity) <= 0 ? change : other;
        const isSame = change.severity === other.severity;
        found.set(key, {
          ...severer,
          part: isSame ? "request and response" : severer.part,
          usedBy: isSame
            ? [...new Set([...other.usedBy, ...usedBy])].sort()
            : severer === change
              ? usedBy
              : other.usedBy,
        });
      }
    }
    return [...found.values()];
  }

  #comparison(direction: Direction): SchemaComparison {
    let comparison = this.#comparisons.get(direction);
    if (comparison === undefined) {
      comparison = new SchemaComparison({
        old: this.#old,
        new: this.#new,
        direction,
        reader: "tolerant",
        atReferences: (old, new_) => this.#meet(old, new_, direction),
      });
      this.#comparisons.set(direction, comparison);
    }
    return comparison;
  }

  #meet(old: string, new_: string, direction: Direction): void {
    const key = `${direction} ${old} ${new_}`;
    const known = this.#pairs.get(key);
    if (known !== undefined) {
      known.from.add(this.#at);
      return;
    }
    const pair: SharedPair = { old, new: new_, direction, changes: [], from: new Set([this.#at]) };
    this.#pairs.set(key, pair);
    this.#waiting.push(pair);
  }
}

function placeOf({ old, new: new_ }: SharedPair): string {
  const name = (reference: string) => reference.replace(/^#\//, "");
  return old === new_ ? name(old) : `${name(old)}, now ${name(new_)}`;
}

function operationsLeadingTo(pair: SharedPair): readonly string[] {
  const operations = new Set<string>();
  const seen = new Set<SharedPair>([pair]);
  const waiting = [pair];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const from of at.from) {
      if (typeof from === "string") operations.add(from);
      else if (!seen.has(from)) {
        seen.add(from);
        waiting.push(from);
      }
    }
  }
  return [...operations].sort();
}
