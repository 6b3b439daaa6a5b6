import { Icon } from "../../elements/index.ts";

/** That one statement ran many times under one parent. */
export function RepeatsBadge({ count }: { readonly count: number }) {
  return (
    <span
      className="repeats-badge"
      data-severity="warning"
      title="The same statement under one parent, so many times"
    >
      <Icon name="warning" />
      N+1 · {count}×
    </span>
  );
}
