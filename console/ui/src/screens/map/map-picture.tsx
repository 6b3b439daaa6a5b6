import { useLayoutEffect, useRef, useState } from "react";
import type { MapView } from "../../../../api/map.ts";
import { MapBox } from "./map-box.tsx";
import { MapDetails } from "./map-details.tsx";
import { MapLegend } from "./map-legend.tsx";
import { MapLine } from "./map-line.tsx";
import { amountOf, type Measure } from "./measure.ts";

/** What the reader points at, with the mouse or the keyboard. */
export type Pointed =
  | { readonly kind: "module"; readonly name: string }
  | { readonly kind: "edge"; readonly index: number };

/** Below this its text is too small to be read; what does not fit is moved about in its frame. */
const SMALLEST = 0.8;
const LARGEST = 1.3;
const ZOOM_STEP = 1.25;

/** The modules and what joins them. */
export function MapPicture({ map, measure }: { readonly map: MapView; readonly measure: Measure }) {
  const frame = useRef<HTMLDivElement>(null);
  const room = useWidth(frame);
  const [zoom, setZoom] = useState(1);
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const fitting = Math.min(LARGEST, room / map.width);
  const scale = Math.max(SMALLEST, fitting) * zoom;
  const isWider = map.width * scale > room + 1;
  const near = nearOf(map, pointed);
  const most = Math.max(0, ...map.modules.map((module) => amountOf(module, measure) ?? 0));
  const busiest = Math.max(0, ...map.edges.map(({ work }) => work?.perSecond ?? 0));
  const point = (what: Pointed) => (isPointed: boolean) => setPointed(isPointed ? what : null);
  return (
    <div className="map">
      {(isWider || zoom !== 1) && (
        <div className="map-zoom">
          <button type="button" className="button small" onClick={() => setZoom(zoom / ZOOM_STEP)}>
            Smaller
          </button>
          <button type="button" className="button small" onClick={() => setZoom(zoom * ZOOM_STEP)}>
            Larger
          </button>
          <button
            type="button"
            className="button small"
            onClick={() => setZoom(fitting / Math.max(SMALLEST, fitting))}
          >
            Fit
          </button>
        </div>
      )}
      <div
        ref={frame}
        className="map-frame"
        {...(isWider
          ? { tabIndex: 0, role: "region", "aria-label": "Picture of the modules, to be moved about" }
          : {})}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: no field set can be in a picture */}
        <svg
          className="map-picture"
          viewBox={`0 0 ${map.width} ${map.height}`}
          width={map.width * scale}
          height={map.height * scale}
          role="group"
          aria-label="Modules and what joins them"
        >
          <defs>
            {["none", "warning", "error"].map((trouble) => (
              <marker
                key={trouble}
                id={`map-tip-${trouble}`}
                viewBox="0 0 10 10"
                refX="9"
                refY="5"
                markerWidth="12"
                markerHeight="12"
                markerUnits="userSpaceOnUse"
                orient="auto"
              >
                <path className="map-tip" data-trouble={trouble} d="M0 0 10 5 0 10z" />
              </marker>
            ))}
          </defs>
          {map.edges.map((edge, index) => (
            <MapLine
              key={`${edge.kind} ${edge.from} ${edge.to}`}
              edge={edge}
              measure={measure}
              busiest={busiest}
              isDim={near !== null && !near.edges.has(index)}
              onPoint={point({ kind: "edge", index })}
            />
          ))}
          {map.modules.map((module) => (
            <MapBox
              key={module.name}
              module={module}
              measure={measure}
              most={most}
              isDim={near !== null && !near.modules.has(module.name)}
              onPoint={point({ kind: "module", name: module.name })}
            />
          ))}
        </svg>
      </div>
      <MapDetails map={map} pointed={pointed} />
      <MapLegend map={map} />
    </div>
  );
}

/** What is pointed at, and its neighbours; null when nothing is. */
function nearOf(map: MapView, pointed: Pointed | null) {
  if (pointed === null) return null;
  const edges = map.edges.flatMap(({ from, to }, index) => {
    const isNear =
      pointed.kind === "edge" ? index === pointed.index : from === pointed.name || to === pointed.name;
    return isNear ? [index] : [];
  });
  const modules = edges.flatMap((index) => [map.edges[index]?.from, map.edges[index]?.to]);
  return {
    edges: new Set(edges),
    modules: new Set<string | undefined>(pointed.kind === "module" ? [pointed.name, ...modules] : modules),
  };
}

/** How wide an element is, also when the window changes. */
function useWidth(element: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(960);
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    const measure = () => setWidth(current.clientWidth);
    measure();
    const resized = new ResizeObserver(measure);
    resized.observe(current);
    return () => resized.disconnect();
  }, [element]);
  return width;
}
