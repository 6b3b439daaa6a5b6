/**
 * Which methods a path takes. Asked only for requests that the router had no route for, to tell a wrong method
 * from a wrong path.
 */
export class RouteTable {
  readonly #routes: readonly { readonly method: string; readonly parts: readonly string[] }[];

  constructor(routes: readonly { readonly method: string; readonly path: string }[]) {
    this.#routes = routes.map(({ method, path }) => ({ method, parts: path.split("/") }));
  }

  methodsAt(url: string): string[] {
    const end = url.search(/[?#]/);
    const parts = (end < 0 ? url : url.slice(0, end)).split("/");
    const methods = new Set<string>();
    for (const route of this.#routes) {
      if (!matches(route.parts, parts)) continue;
      methods.add(route.method);
      if (route.method === "GET") methods.add("HEAD");
    }
    return [...methods].sort();
  }
}

function matches(pattern: readonly string[], parts: readonly string[]): boolean {
  return (
    pattern.length === parts.length &&
    pattern.every((part, at) => (part.startsWith("{") ? parts[at] !== "" : part === parts[at]))
  );
}
