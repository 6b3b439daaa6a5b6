import { Link } from "wouter";
import type { MapModule } from "../../../../api/map.ts";
import { formatDuration, formatRate, Icon, useModuleHue } from "../../elements/index.ts";
import { amountOf, failedWords, furtherWork, type Measure, troubleOf, wordsOf } from "./measure.ts";

const PADDING = 14;
const BAND = 5;

/** A module as a box that leads to its page. */
export function MapBox({
  module,
  measure,
  most,
  isDim,
  onPoint,
}: {
  readonly module: MapModule;
  readonly measure: Measure;
  /** The largest amount of all modules, for the length of the bar. */
  readonly most: number;
  readonly isDim: boolean;
  readonly onPoint: (isPointed: boolean) => void;
}) {
  const hue = useModuleHue()(module.name);
  const { x, y, width, height, name, firing, work } = module;
  const amount = amountOf(module, measure);
  const box = (
    <>
      <rect className="map-box" x={x} y={y} width={width} height={height} rx={9} />
      <rect
        className="map-band"
        data-hue={hue}
        x={x + 1}
        y={y + 10}
        width={BAND}
        height={height - 20}
        rx={2}
      />
      <text className="map-name" x={x + PADDING} y={y + 25}>
        {shortened(name, firing === null ? 22 : 14)}
      </text>{" "}
      {module.isHere ? (
        <>
          <text className="map-amount" x={x + PADDING} y={y + 45}>
            {wordsOf(amount, measure)}
          </text>{" "}
          <text className="map-second" data-trouble={troubleOf(work)} x={x + PADDING} y={y + 63}>
            {secondLine(module, measure)}
          </text>{" "}
          <Bar
            x={x + PADDING}
            y={y + height - 9}
            width={width - 2 * PADDING}
            part={part(amount, most)}
            hue={hue}
          />
        </>
      ) : (
        <text className="map-second" x={x + PADDING} y={y + 45}>
          not in this app
        </text>
      )}
      {firing !== null && (
        <foreignObject x={x + width - 92} y={y + 8} width={84} height={24}>
          <span className="map-firing" data-severity={firing.severity}>
            <Icon name={firing.severity} />
            {firing.severity}
          </span>
        </foreignObject>
      )}
    </>
  );
  const state = { "data-dim": isDim ? "" : undefined, "data-severity": firing?.severity };
  if (!module.isHere) {
    return (
      <g className="map-module elsewhere" {...state}>
        {box}
      </g>
    );
  }
  return (
    <Link
      className="map-module"
      href={`/modules/${encodeURIComponent(name)}`}
      aria-label={spoken(module, measure)}
      {...state}
      onMouseEnter={() => onPoint(true)}
      onMouseLeave={() => onPoint(false)}
      onFocus={() => onPoint(true)}
      onBlur={() => onPoint(false)}
    >
      {box}
    </Link>
  );
}

function Bar({
  x,
  y,
  width,
  part,
  hue,
}: {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly part: number;
  readonly hue: number;
}) {
  return (
    <>
      <rect className="map-bar-ground" x={x} y={y} width={width} height={3} rx={1.5} />
      {part > 0 && (
        <rect className="map-bar" data-hue={hue} x={x} y={y} width={width * part} height={3} rx={1.5} />
      )}
    </>
  );
}

/** Failures before all else; then what is not already in large. */
function secondLine({ work }: MapModule, measure: Measure): string {
  if (work.errorShare > 0 && measure !== "errors") return failedWords(work.errorShare);
  if (measure === "rate") return work.p99Ms === null ? "idle" : `p99 ${formatDuration(work.p99Ms)}`;
  return formatRate(work.perSecond);
}

/** What is to be seen, word by word, and more of it. */
function spoken(module: MapModule, measure: Measure): string {
  const { name, firing, work } = module;
  const seen = [name, wordsOf(amountOf(module, measure), measure), secondLine(module, measure)];
  if (firing !== null) seen.push(`${firing.severity}: ${firing.title}`);
  return [seen.join(" "), ...furtherWork(work)].join(", ");
}

function part(amount: number | null, most: number): number {
  return amount === null || most === 0 ? 0 : Math.min(1, amount / most);
}

function shortened(name: string, most: number): string {
  return name.length <= most ? name : `${name.slice(0, most - 1)}…`;
}
