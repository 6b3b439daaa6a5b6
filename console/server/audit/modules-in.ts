/** The modules that an action's path and input name: `module`, `modules` and those of a `filter`; also of ids. */
export function modulesIn(params: Readonly<Record<string, string>>, input: unknown): readonly string[] {
  const found = new Set<string>();
  for (const part of [params, input, objectOf(input).filter]) {
    const { module, modules, id, ids } = objectOf(part);
    for (const name of [module, ...listOf(modules)]) if (isName(name)) found.add(name);
    // A job's id begins with its module: billing:1042.
    for (const each of [id, ...listOf(ids)]) {
      const name = typeof each === "string" ? /^([a-z][a-z0-9_]*):/.exec(each)?.[1] : undefined;
      if (isName(name)) found.add(name);
    }
  }
  return [...found].sort();
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isName(value: unknown): value is string {
  return typeof value === "string" && /^[a-z][a-z0-9_]*$/.test(value);
}
