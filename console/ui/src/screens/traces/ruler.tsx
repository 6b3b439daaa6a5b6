import { formatDuration } from "../../elements/index.ts";
import { ticksOf } from "./span-tree.ts";

/** Moments above the bars. */
export function Ruler({ lengthMs }: { readonly lengthMs: number }) {
  return (
    <div className="waterfall-ruler" aria-hidden="true">
      <span className="waterfall-track">
        {ticksOf(lengthMs).map((ms) => (
          <span key={ms} className="waterfall-tick" style={{ insetInlineStart: `${(ms / lengthMs) * 100}%` }}>
            {ms / lengthMs < 0.87 && formatDuration(ms)}
          </span>
        ))}
      </span>
    </div>
  );
}
