export interface Import {
  readonly from: string;
  /** Named ones; `type Static` where only the type is wanted. */
  readonly names?: readonly string[];
  /** What the default export is called here. */
  readonly default?: string;
  readonly isType?: true;
}

/** Import statements in the order in which Biome keeps them. */
export function importLines(imports: readonly Import[]): string {
  return [...imports].sort(compareImports).map(importLine).join("\n");
}

/** One import statement, over several lines where it is too long for one. */
export function importLine({ from, names = [], default: own, isType }: Import): string {
  const sorted = [...names].sort((a, b) => compareNatural(plain(a), plain(b)));
  const what = [
    ...(own === undefined ? [] : [own]),
    ...(sorted.length === 0 ? [] : [`{ ${sorted.join(", ")} }`]),
  ].join(", ");
  const line = `import ${isType ? "type " : ""}${what} from ${JSON.stringify(from)};`;
  if (line.length <= 110) return line;
  const listed = sorted.map((name) => `  ${name},\n`).join("");
  return `import ${isType ? "type " : ""}${own === undefined ? "" : `${own}, `}{\n${listed}} from ${JSON.stringify(from)};`;
}

/** Node's own first, then packages, then what is near, the nearest last. */
export function compareImports(a: Import, b: Import): number {
  return distance(b.from) - distance(a.from) || compareNatural(a.from, b.from);
}

function distance(from: string): number {
  if (from.startsWith("node:")) return 1_001;
  if (!from.startsWith(".")) return 1_000;
  return from.startsWith("./") ? 0 : from.split("../").length - 1;
}

/** As Biome compares: `order.ts` before `order-life.ts`, and letters without regard to case at first. */
function compareNatural(a: string, b: string): number {
  const [one, other] = [a, b].map((text) => text.replace(/\.ts$/, "")) as [string, string];
  return one.toLowerCase() < other.toLowerCase()
    ? -1
    : one.toLowerCase() > other.toLowerCase()
      ? 1
      : one < other
        ? -1
        : one > other
          ? 1
          : 0;
}

/** The name that is imported, without `type` and what it is called here. */
export const plain = (name: string) => name.replace(/^type /, "").split(" as ")[0]!;
