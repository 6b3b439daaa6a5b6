import { memo } from "react";
import type { SpanView } from "../../../../api/traces.ts";
import { formatDuration, Icon } from "../../elements/index.ts";
import { RepeatsBadge } from "./repeats-badge.tsx";

interface WaterfallRowProps {
  readonly id: string;
  readonly span: SpanView;
  readonly hue: number | undefined;
  /** Of the axis, from 0 to 1. */
  readonly start: number;
  readonly length: number;
  /** Undefined for one without anything inside. */
  readonly isOpen: boolean | undefined;
  readonly isSelected: boolean;
  readonly repeats: number;
  readonly onSelect: (key: string) => void;
  readonly onToggle: (key: string) => void;
}

/** Deeper than this it is not indented further, so that names stay readable. */
const DEEPEST = 12;

export const WaterfallRow = memo(function WaterfallRow(props: WaterfallRowProps) {
  const { id, span, hue, start, length, isOpen, isSelected, repeats, onSelect, onToggle } = props;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and names its active item
    <div
      id={id}
      className="waterfall-row"
      role="treeitem"
      aria-level={span.depth + 1}
      aria-expanded={isOpen}
      aria-selected={isSelected}
      data-kind={span.kind}
      data-hue={hue}
      onClick={() => onSelect(span.key)}
    >
      <span
        className="waterfall-name"
        style={{ paddingInlineStart: `${Math.min(span.depth, DEEPEST) * 0.875}rem` }}
      >
        <button
          type="button"
          className="waterfall-toggle"
          tabIndex={-1}
          aria-hidden="true"
          data-open={isOpen}
          disabled={isOpen === undefined}
          onClick={(event) => {
            event.stopPropagation();
            onToggle(span.key);
          }}
        >
          {isOpen !== undefined && <Icon name="next" />}
        </button>
        {span.failed && (
          <span className="waterfall-failed" data-severity="error">
            <Icon name="error" />
            failed
          </span>
        )}
        <span className="waterfall-text" title={span.name}>
          {span.name}
        </span>
        <span className="unseen">
          {span.module === null ? span.kind : `${span.kind} of ${span.module}`}
          {span.error === null ? "" : ` with ${span.error}`}
        </span>
        {repeats > 0 && <RepeatsBadge count={repeats} />}
      </span>
      <span className="waterfall-track" data-failed={span.failed ? "" : undefined}>
        <span
          className="waterfall-bar"
          style={{
            insetInlineStart: `${clamped(start) * 100}%`,
            inlineSize: `${Math.min(length, 1 - clamped(start)) * 100}%`,
          }}
        />
      </span>
      <span className="waterfall-duration">{formatDuration(span.durationMs)}</span>
    </div>
  );
});

function clamped(share: number): number {
  return Math.min(Math.max(share, 0), 1);
}
