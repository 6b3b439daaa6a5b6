import { Fragment } from "react";
import { Link } from "wouter";
import type { MapEdge } from "../../../../api/map.ts";
import { edgeHref, edgeLines, spokenEdge } from "./edge-words.ts";
import { type Measure, troubleOf } from "./measure.ts";

const THINNEST = 1.5;
const WIDEST = 4;
const LINE_HEIGHT = 16;

/** An edge, as wide as it is busy. Leads to the page of who calls or takes in. */
export function MapLine({
  edge,
  measure,
  busiest,
  isDim,
  onPoint,
}: {
  readonly edge: MapEdge;
  readonly measure: Measure;
  /** The largest rate of all edges. */
  readonly busiest: number;
  readonly isDim: boolean;
  readonly onPoint: (isPointed: boolean) => void;
}) {
  const { work, label, kind, path } = edge;
  const trouble = troubleOf(work);
  const rate = work?.perSecond ?? 0;
  // The width is that of a root: one line among many is not to hide all others.
  const width = THINNEST + (busiest === 0 ? 0 : (WIDEST - THINNEST) * Math.sqrt(rate / busiest));
  const lines = edgeLines(edge, measure);
  const top = label.y - ((lines.length - 1) * LINE_HEIGHT) / 2 + 4;
  const widest = Math.max(...lines.map((line) => line.length)) * 7 + 10;
  return (
    <Link
      className="map-line"
      href={edgeHref(edge)}
      aria-label={spokenEdge(edge, measure)}
      data-kind={kind}
      data-trouble={trouble}
      data-quiet={edge.isObserved ? undefined : ""}
      data-undeclared={edge.isDeclared ? undefined : ""}
      data-dim={isDim ? "" : undefined}
      onMouseEnter={() => onPoint(true)}
      onMouseLeave={() => onPoint(false)}
      onFocus={() => onPoint(true)}
      onBlur={() => onPoint(false)}
    >
      <path className="map-line-near" d={path} />
      <path className="map-line-drawn" d={path} strokeWidth={width} markerEnd={`url(#map-tip-${trouble})`} />
      <rect
        className="map-label-ground"
        x={label.x - widest / 2}
        y={top - 13}
        width={widest}
        height={lines.length * LINE_HEIGHT + 2}
        rx={5}
      />
      {lines.map((line, index) => (
        <Fragment key={line}>
          <text className="map-label" x={label.x} y={top + index * LINE_HEIGHT}>
            {line}
          </text>{" "}
        </Fragment>
      ))}
    </Link>
  );
}
