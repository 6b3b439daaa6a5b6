import type { AnyView } from "../contract/index.ts";
import type { EdgeCounter, ObservedEdges } from "./observed-edges.ts";
import type { Bound } from "./run.ts";

/** Texts that a program builds anew each time must not be kept without end; beyond this, new ones are passed over. */
const MAX_TEXTS = 1_000;
const NO_VIEW: readonly EdgeCounter[] = [];

/**
 * Counts the statements of one module that name a view it was granted. A text is looked through when it is first
 * seen; the name in a comment or a string counts too, which no module writes.
 */
export class ViewReads {
  readonly #views: readonly { readonly id: string; readonly name: RegExp }[];
  readonly #edges: ObservedEdges;
  readonly #known = new Map<Bound, Map<string, readonly EdgeCounter[]>>();

  constructor(views: readonly AnyView[], edges: ObservedEdges) {
    this.#views = views.map(({ id, contract, view }) => ({ id, name: qualified(contract, view) }));
    this.#edges = edges;
  }

  note(bound: Bound, text: string): void {
    let texts = this.#known.get(bound);
    if (texts === undefined) {
      texts = new Map();
      this.#known.set(bound, texts);
    }
    let counters = texts.get(text);
    if (counters === undefined) {
      if (texts.size >= MAX_TEXTS) return;
      const named = this.#views.filter(({ name }) => name.test(text));
      counters =
        named.length === 0 ? NO_VIEW : named.map(({ id }) => this.#edges.counter("read", bound.id, id));
      texts.set(text, counters);
    }
    for (const counter of counters) counter.count++;
  }
}

/** A view as SQL may write it: both names quoted or not, in capitals when not. Both are plain lower snake_case. */
function qualified(schema: string, view: string): RegExp {
  return new RegExp(`(?<![\\w$."])"?${schema}"?\\s*\\.\\s*"?${view}"?(?![\\w$])`, "i");
}
