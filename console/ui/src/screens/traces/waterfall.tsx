import {
  type CSSProperties,
  type KeyboardEvent,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from "react";
import type { TraceView } from "../../../../api/traces.ts";
import { countOf, useModuleHue } from "../../elements/index.ts";
import { Ruler } from "./ruler.tsx";
import { type Axis, ancestorsOf, stepOf, visibleRows } from "./span-tree.ts";
import { WaterfallRow } from "./waterfall-row.tsx";

/** So many rows at once; thousands would make the page slow, and nobody reads them. */
const STEP = 300;

/**
 * Spans below each other as they lie within each other, each with a bar along the time. One stop of the keyboard:
 * up and down go from span to span, right opens one or goes into it, left closes it or goes out of it.
 */
export function Waterfall({
  trace,
  axis,
  selected,
  onSelect,
}: {
  readonly trace: TraceView;
  readonly axis: Axis;
  readonly selected: string | null;
  readonly onSelect: (key: string) => void;
}) {
  const { spans } = trace;
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [most, setMost] = useState(STEP);
  const tree = useRef<HTMLDivElement>(null);
  const id = useId();
  const hueOf = useModuleHue();
  const rows = useMemo(() => visibleRows(spans, closed), [spans, closed]);
  const repeats = useMemo(() => Map.groupBy(trace.repeated, ({ parent }) => parent), [trace.repeated]);
  const at = rows.findIndex(({ span }) => span.key === selected);
  const shown = Math.max(most, at + 1);

  // Chosen elsewhere, it must not be hidden in something that was closed.
  const seen = useRef<string | null>(null);
  useEffect(() => {
    if (selected === seen.current) return;
    seen.current = selected;
    if (selected === null) return;
    const ancestors = ancestorsOf(spans, selected);
    setClosed((before) =>
      ancestors.some((key) => before.has(key))
        ? new Set([...before].filter((key) => !ancestors.includes(key)))
        : before,
    );
    requestAnimationFrame(() =>
      tree.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" }),
    );
  }, [selected, spans]);

  const toggle = useCallback((key: string) => {
    setClosed((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  }, []);

  const press = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const row = rows[at];
    const go = (to: number) => {
      const key = rows[Math.min(Math.max(to, 0), rows.length - 1)]?.span.key;
      if (key !== undefined) onSelect(key);
    };
    if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(Math.min(shown, rows.length) - 1);
    else if (row === undefined) return;
    else if (event.key === "ArrowRight") {
      if (row.isOpen) go(at + 1);
      else if (row.hasChildren) toggle(row.span.key);
    } else if (event.key === "ArrowLeft") {
      if (row.isOpen) toggle(row.span.key);
      else if (row.span.parent !== null) onSelect(row.span.parent);
    } else if (event.key === "Enter" || event.key === " ") {
      if (row.hasChildren) toggle(row.span.key);
    } else return;
    event.preventDefault();
  };

  return (
    <div className="waterfall">
      <Ruler lengthMs={axis.lengthMs} />
      <div
        ref={tree}
        className="waterfall-tree"
        role="tree"
        aria-label="Spans of the trace"
        tabIndex={0}
        style={{ "--step": `${(stepOf(axis.lengthMs) / axis.lengthMs) * 100}%` } as CSSProperties}
        aria-activedescendant={at === -1 ? undefined : `${id}-${selected}`}
        onKeyDown={press}
      >
        {rows.slice(0, shown).map(({ span, hasChildren, isOpen }) => (
          <WaterfallRow
            key={span.key}
            id={`${id}-${span.key}`}
            span={span}
            hue={span.module === null ? undefined : hueOf(span.module)}
            start={axis.startOf(span) / axis.lengthMs}
            length={span.durationMs / axis.lengthMs}
            isOpen={hasChildren ? isOpen : undefined}
            isSelected={span.key === selected}
            repeats={Math.max(0, ...(repeats.get(span.key) ?? []).map(({ count }) => count))}
            onSelect={onSelect}
            onToggle={toggle}
          />
        ))}
      </div>
      {rows.length > shown && (
        <button type="button" className="button" onClick={() => setMost(shown + STEP)}>
          Show more of {countOf(rows.length - shown, "further span")}
        </button>
      )}
    </div>
  );
}
