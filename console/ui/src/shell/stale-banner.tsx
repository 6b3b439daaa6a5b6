import { outdated } from "../api/freshness.ts";
import { useStore } from "../api/store.ts";
import { formatSentence, formatTime } from "../elements/format.ts";
import { Icon } from "../elements/icon.tsx";

/** Says from when the page is and why, while what it shows cannot be read anew. */
export function StaleBanner() {
  const state = useStore(outdated);
  return (
    <div className="stale-place" role="status">
      {state !== null && (
        <p className="stale">
          <Icon name="blind" />
          {state.at === null
            ? formatSentence(state.reason)
            : `As of ${formatTime(state.at)}: ${lower(state.reason)}.`}
        </p>
      )}
    </div>
  );
}

function lower(reason: string): string {
  return `${reason.charAt(0).toLowerCase()}${reason.slice(1)}`;
}
