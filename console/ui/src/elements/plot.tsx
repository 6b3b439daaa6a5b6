import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { type ChartProps, lineColour } from "./chart.tsx";
import { formatTime, NOTHING } from "./format.ts";

type Props = ChartProps & { readonly height: number };

const GUTTER = 64;

/** The drawn chart; loaded with uPlot when the first one is shown. */
export default function Plot({ series, lines, markers = [], title, height }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const [index, setIndex] = useState<number | null>(null);
  const latest = useRef({ series, markers });
  latest.current = { series, markers };
  const drawn = useRef<uPlot>(null);
  const look = lines.map((line) => `${line.name} ${line.label} ${line.colour}`).join("|");

  // biome-ignore lint/correctness/useExhaustiveDependencies: `look` stands for the lines, the data is set below
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const make = () => {
      drawn.current?.destroy();
      const width = Math.max(element.clientWidth, 120);
      drawn.current = new uPlot(options(element, width, height, lines, latest, setIndex), data(), element);
    };
    const data = () => aligned(latest.current.series, lines);
    make();
    const resized = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (width > 0 && drawn.current !== null && drawn.current.width !== width) {
        drawn.current.setSize({ width, height });
      }
    });
    resized.observe(element);
    // The canvas has no custom properties: another theme is drawn anew.
    const themed = new MutationObserver(make);
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", make);
    return () => {
      dark.removeEventListener("change", make);
      themed.disconnect();
      resized.disconnect();
      drawn.current?.destroy();
      drawn.current = null;
    };
  }, [look, height]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the lines are in the effect above
  useEffect(() => {
    drawn.current?.setData(aligned(series, lines));
  }, [series]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn again for other markers
  useEffect(() => {
    drawn.current?.redraw(false);
  }, [markers]);

  const at = index ?? latestOf(series, lines);
  const time = series.times[at];
  const marker = markers.find((each) => time !== undefined && Math.abs(each.at - time) <= series.stepMs);
  return (
    <>
      <div
        ref={place}
        className="plot"
        role="img"
        aria-label={`${title}: chart; the table has its numbers`}
      />
      <p className="chart-legend">
        <span className="chart-time">{time === undefined ? NOTHING : formatTime(time)}</span>
        {lines.map((line, number) => {
          const value = series.values[line.name]?.[at];
          return (
            <span key={line.name} className="chart-value">
              <span
                className="chart-swatch"
                style={{ background: lineColour(line, number) }}
                aria-hidden="true"
              />
              {line.label} <b>{value == null ? NOTHING : line.format(value)}</b>
            </span>
          );
        })}
        {index !== null && marker !== undefined && <span className="chart-marker">{marker.title}</span>}
      </p>
    </>
  );
}

function alone(values: uPlot.AlignedData[number] | undefined): number[] | null {
  if (values === undefined) return null;
  return [...values.keys()].filter(
    (index) => values[index] != null && values[index - 1] == null && values[index + 1] == null,
  );
}

/** The last moment at which anything was measured. */
function latestOf({ times, values }: ChartProps["series"], lines: ChartProps["lines"]): number {
  for (let index = times.length - 1; index >= 0; index--) {
    if (lines.some((line) => values[line.name]?.[index] != null)) return index;
  }
  return times.length - 1;
}

function aligned(series: ChartProps["series"], lines: ChartProps["lines"]): uPlot.AlignedData {
  const times = series.times.map((at) => at / 1_000);
  return [times, ...lines.map((line) => [...(series.values[line.name] ?? times.map(() => null))])];
}

function options(
  element: HTMLElement,
  width: number,
  height: number,
  lines: ChartProps["lines"],
  latest: { readonly current: { readonly markers: NonNullable<ChartProps["markers"]> } },
  onPoint: (index: number | null) => void,
): uPlot.Options {
  const paint = (value: string) => colourOf(element, value);
  const quiet = paint("var(--text-quiet)");
  const line = paint("var(--line)");
  const marker = paint("var(--accent)");
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  const scales = [...new Set(lines.map(scaleOf))];
  return {
    width,
    height,
    pxAlign: false,
    legend: { show: false },
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false }, sync: { key: "console" } },
    scales: {
      x: { time: true },
      ...Object.fromEntries(
        scales.map((scale) => [
          scale,
          { range: (_: uPlot, __: number, max: number): uPlot.Range.MinMax => [0, roundUp(max) * 1.04] },
        ]),
      ),
    },
    axes: [
      {
        stroke: quiet,
        font,
        grid: { show: false },
        ticks: { stroke: line, width: 1, size: 4 },
        size: 28,
        values: TIMES,
      },
      ...scales.slice(0, 2).map((scale, index): uPlot.Axis => {
        const first = lines.find((each) => scaleOf(each) === scale);
        return {
          scale,
          side: index === 0 ? 3 : 1,
          stroke: quiet,
          font,
          size: GUTTER,
          splits: (_plot, _axis, _min, max) => [0, max / 2.08, max / 1.04],
          grid: { show: index === 0, stroke: line, width: 1 },
          ticks: { show: false },
          values: (_plot, splits) => splits.map((value) => first?.format(value) ?? String(value)),
        };
      }),
    ],
    series: [
      {},
      ...lines.map((each, index): uPlot.Series => {
        const stroke = paint(lineColour(each, index));
        return {
          label: each.label,
          scale: scaleOf(each),
          stroke,
          width: 1.5,
          fill: lines.length === 1 ? withAlpha(stroke) : "transparent",
          // A line needs two neighbours; a moment between gaps would not be seen.
          points: {
            show: false,
            size: 4,
            fill: stroke,
            filter: (plot, seriesIndex) => alone(plot.data[seriesIndex]),
          },
        };
      }),
    ],
    hooks: {
      setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)],
      draw: [(plot) => drawMarkers(plot, latest.current.markers, marker)],
    },
  };
}

/** To a number that reads well on an axis, and so does its half. */
function roundUp(max: number | null): number {
  if (max === null || max <= 0) return 1;
  const unit = 10 ** Math.floor(Math.log10(max));
  return unit * ([1, 2, 4, 6, 8].find((step) => step * unit >= max) ?? 10);
}

/** Lines that are written alike share an axis. */
function scaleOf(line: ChartProps["lines"][number]): string {
  return `y:${line.format.name || line.format(1)}`;
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const TIMES: uPlot.Axis.DynamicValues = (_plot, splits) => splits.map((at) => clock.format(at * 1_000));

function drawMarkers(plot: uPlot, markers: NonNullable<ChartProps["markers"]>, colour: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const marker of markers) {
    const x = plot.valToPos(marker.at / 1_000, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.beginPath();
    ctx.arc(x, bbox.top + 3 * devicePixelRatio, 3 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.restore();
}

/** As the browser computes it in the theme of the element. */
function colourOf(element: HTMLElement, value: string): string {
  const probe = document.createElement("span");
  probe.style.color = value;
  element.append(probe);
  const computed = getComputedStyle(probe).color;
  probe.remove();
  return computed;
}

function withAlpha(colour: string): string {
  return `color-mix(in srgb, ${colour} 12%, transparent)`;
}
