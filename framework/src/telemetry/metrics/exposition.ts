import { cumulativeCounts, type HistogramSnapshot, LE_SECONDS } from "./duration-histogram.ts";
import type { Metric } from "./metric.ts";

export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Writes the text format 0.0.4 of Prometheus. All series of a metric come after its head, without a break. */
export class Exposition {
  readonly #lines: string[] = [];

  head({ name, help, type }: Metric): void {
    this.#lines.push(`# HELP ${name} ${escapedHelp(help)}`, `# TYPE ${name} ${type}`);
  }

  value(metric: Metric, labels: readonly string[], value: number): void {
    this.#lines.push(`${metric.name}${braced(pairs(metric, labels))} ${numberText(value)}`);
  }

  histogram(metric: Metric, labels: readonly string[], snapshot: HistogramSnapshot): void {
    const { name } = metric;
    const own = pairs(metric, labels);
    cumulativeCounts(snapshot).forEach((count, index) => {
      this.#lines.push(`${name}_bucket${braced([...own, `le="${LE_SECONDS[index]}"`])} ${count}`);
    });
    this.#lines.push(
      `${name}_bucket${braced([...own, 'le="+Inf"'])} ${snapshot.count}`,
      `${name}_sum${braced(own)} ${numberText(snapshot.sumMs / 1000)}`,
      `${name}_count${braced(own)} ${snapshot.count}`,
    );
  }

  text(): string {
    return this.#lines.map((line) => `${line}\n`).join("");
  }
}

function pairs(metric: Metric, values: readonly string[]): string[] {
  return metric.labels.map((label, index) => `${label}="${escapedValue(values[index]!)}"`);
}

function braced(pairs: readonly string[]): string {
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapedValue(value: string): string {
  return escapedHelp(value).replaceAll('"', '\\"');
}

/** Half of a surrogate pair is no UTF-8. */
function escapedHelp(text: string): string {
  return text.toWellFormed().replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  return String(value);
}
