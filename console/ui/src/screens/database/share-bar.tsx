import { Share } from "../../elements/index.ts";

/** A share with a bar of its length; `hue` is that of a module. */
export function ShareBar({ of, hue }: { readonly of: number; readonly hue: number | null }) {
  return (
    <span className="share-bar">
      <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        <rect x="0" y="0" width={Math.min(100, of * 100)} height="1" data-hue={hue ?? undefined} />
      </svg>
      <Share of={of} />
    </span>
  );
}
