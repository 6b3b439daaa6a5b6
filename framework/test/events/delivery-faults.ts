/** What was published under one key, in the order of the commits, and what one subscriber was handed, in its order. */
export interface Traffic {
  readonly published: ReadonlyMap<string, readonly number[]>;
  readonly delivered: readonly { readonly key: string | null; readonly n: number }[];
}

/** What a subscriber could complain about: events lost, doubled, invented, or overtaken within their key. */
export function deliveryFaults({ published, delivered }: Traffic): string[] {
  const faults: string[] = [];
  const byKey = Map.groupBy(delivered, ({ key }) => key ?? "");
  for (const [key, numbers] of published) {
    const got = (byKey.get(key) ?? []).map(({ n }) => n);
    const seen = new Set(got);
    for (const n of numbers) if (!seen.has(n)) faults.push(`${key}/${n} is lost`);
    if (seen.size < got.length) faults.push(`${key}: ${got.length - seen.size} doubled`);
    for (const [index, n] of got.entries()) {
      if (!numbers.includes(n)) faults.push(`${key}/${n} was never published`);
      if (index > 0 && n < got[index - 1]!) faults.push(`${key}/${n} was overtaken by ${got[index - 1]}`);
    }
  }
  for (const key of byKey.keys()) if (!published.has(key)) faults.push(`${key} was never published`);
  return faults;
}
