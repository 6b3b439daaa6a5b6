import { isProxy } from "node:util/types";

/** A place in the values of one kind that one consumer received, and whether it was touched there. */
export class ObservedPlace {
  isRead = false;
  readonly #children = new Map<string, ObservedPlace>();

  /** The place of a property, or `*` for the elements of an array. */
  child(key: string): ObservedPlace {
    let child = this.#children.get(key);
    if (child === undefined) {
      child = new ObservedPlace();
      this.#children.set(key, child);
    }
    return child;
  }

  /** JSON pointers to all places below this one that a value had. */
  present(pointer = ""): string[] {
    return [...this.#children].flatMap(([key, child]) => {
      const path = `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      return [path, ...child.present(path)];
    });
  }

  /** JSON pointers to those of them that were touched. */
  read(pointer = ""): string[] {
    return [...this.#children].flatMap(([key, child]) => {
      const path = `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      return [...(child.isRead ? [path] : []), ...child.read(path)];
    });
  }
}

/**
 * An equal value that tells `place` which of its properties are read. JSON.stringify, a spread, structuredClone and a
 * comparison read all of them. Not a Proxy, which structuredClone refuses; and a property stays a property: it can be
 * set, deleted and listed. What only asks whether there is one (`in`, Object.keys) goes unseen.
 */
export function observedValue(value: unknown, place: ObservedPlace): unknown {
  if (Array.isArray(value)) return value.map((element) => observedElement(element, place.child("*")));
  if (!isPlain(value)) return value;
  const copy: object = {};
  for (const [key, child] of Object.entries(value)) observeProperty(copy, key, child, place.child(key));
  return copy;
}

/** Whoever reads an array may have read its elements; what they have inside is seen by itself. */
function observedElement(element: unknown, place: ObservedPlace): unknown {
  place.isRead = true;
  return observedValue(element, place);
}

function observeProperty(copy: object, key: string, value: unknown, place: ObservedPlace): void {
  let observed: { readonly value: unknown } | undefined;
  Object.defineProperty(copy, key, {
    enumerable: true,
    configurable: true,
    get() {
      place.isRead = true;
      observed ??= { value: observedValue(value, place) };
      return observed.value;
    },
    set(this: object, given: unknown) {
      Object.defineProperty(this, key, {
        value: given,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    },
  });
}

/** What a contract's values are made of; anything else is handed on as it is. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null || isProxy(value)) return false;
  return Object.getPrototypeOf(value) === Object.prototype;
}
