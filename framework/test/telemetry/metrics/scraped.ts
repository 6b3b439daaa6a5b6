import assert from "node:assert/strict";
import parse, { type ParsedFamily } from "parse-prometheus-text-format";

/** What a scraper makes of an answer of /metrics. */
export class Scraped {
  readonly families: ReadonlyMap<string, ParsedFamily>;
  readonly #samples: readonly { name: string; labels: Readonly<Record<string, string>>; value: number }[];

  /** Refuses what Prometheus refuses and the parser lets pass: a family or a series twice, a sample without a type. */
  constructor(text: string) {
    assert.match(text, /^$|\n$/);
    const families = parse(text);
    this.families = new Map(families.map((family) => [family.name, family]));
    assert.equal(this.families.size, families.length, "a family comes twice");
    assert.deepEqual(
      families.filter(({ type }) => type === "UNTYPED"),
      [],
    );
    // The parser throws the series of a labelled histogram together, unless it takes them for something else.
    const untyped = text.replaceAll(/^# .*\n/gm, "");
    this.#samples = parse(untyped).flatMap(({ name, metrics }) =>
      metrics.map(({ labels = {}, value }) => ({
        name,
        labels,
        value: value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value),
      })),
    );
    assert.equal(this.#samples.length, untyped.split("\n").length - 1, "the parser lost a line");
    const series = this.#samples.map(({ name, labels }) =>
      JSON.stringify([name, Object.entries(labels).sort()]),
    );
    assert.equal(new Set(series).size, series.length, "a series comes twice");
  }

  /** The value of the one series with these labels; undefined when there is none. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const found = this.series(name, labels);
    assert.ok(found.length <= 1, `${name} ${JSON.stringify(labels)} is ${found.length} series`);
    return found[0]?.value;
  }

  series(name: string, labels: Readonly<Record<string, string>> = {}) {
    return this.#samples.filter(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
  }
}
