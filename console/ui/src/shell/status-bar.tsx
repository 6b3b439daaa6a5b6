import { Link } from "wouter";
import type { Now } from "../../../api/now.ts";
import { isPaused, liveState } from "../api/live.ts";
import { session, signOut } from "../api/session.ts";
import { useShown } from "../api/shown.ts";
import { useStore } from "../api/store.ts";
import { Icon } from "../elements/icon.tsx";
import { Severity } from "../elements/severity.tsx";
import { BrandMark } from "./brand-mark.tsx";
import { THEMES, theme } from "./theme-choice.ts";

/** Across the top: which app this is, how it is, and what holds for every page. */
export function StatusBar({ onPalette }: { readonly onPalette: () => void }) {
  const { app, release, instance, access, actor } = session();
  return (
    <header className="status-bar">
      <Link className="brand" href="/">
        <BrandMark />
        <span className="brand-app">{app}</span>
      </Link>
      <WholeState />
      <dl className="status-facts">
        <div>
          <dt>Release</dt>
          <dd>{release ?? "not named"}</dd>
        </div>
        <div>
          <dt>Instance</dt>
          <dd>{instance}</dd>
        </div>
      </dl>
      <div className="status-controls">
        <button
          type="button"
          className="button quiet palette-button"
          aria-label="Go to… Ctrl K"
          onClick={onPalette}
        >
          <Icon name="search" />
          <span className="palette-button-text">Go to…</span>
          <kbd>Ctrl K</kbd>
        </button>
        <LiveButton />
        <ThemeButton />
        <button
          type="button"
          className="button quiet"
          title={`${actor}, ${access}`}
          aria-label="Sign out"
          onClick={() => void signOut()}
        >
          <Icon name="exit" />
          <span className="wide-only">Sign out</span>
        </button>
      </div>
    </header>
  );
}

const STATES = {
  well: "All is well",
  note: "Something to note",
  warning: "Warning",
  error: "Something is wrong",
  blind: "Cannot see everything",
} as const;

function WholeState() {
  const { data } = useShown<Now>("/now");
  if (data === undefined) return <span className="whole-state" />;
  const firing = data.firing.length;
  return (
    <Link className="whole-state" href="/">
      <span className="unseen">State of the whole: </span>
      <span className="wide-only">
        <Severity of={data.state} word={STATES[data.state]} />
      </span>
      <span className="narrow-only">
        <Severity of={data.state} />
      </span>
      {firing > 0 && <span className="whole-count">{firing}</span>}
    </Link>
  );
}

const LIVE_WORDS = { streaming: "Live", polling: "Every 5 s", paused: "Paused" } as const;

function LiveButton() {
  const live = useStore(liveState);
  const paused = useStore(isPaused);
  return (
    <>
      <button
        type="button"
        className="button quiet live"
        data-live={live}
        aria-pressed={paused}
        aria-label={paused ? "Paused: go on" : `${LIVE_WORDS[live]}: pause`}
        onClick={() => isPaused.set(!paused)}
      >
        {paused ? <Icon name="play" /> : <span className="live-dot" aria-hidden="true" />}
        <span className="wide-only">{LIVE_WORDS[live]}</span>
      </button>
      <span className="unseen" role="status">
        {LIVE_WORDS[live]}
      </span>
    </>
  );
}

const THEME_ICONS = { system: "system", light: "sun", dark: "moon" } as const;

function ThemeButton() {
  const chosen = useStore(theme);
  const next = THEMES[(THEMES.indexOf(chosen) + 1) % THEMES.length] ?? "system";
  return (
    <button
      type="button"
      className="button quiet icon-only"
      aria-label={`Theme: ${chosen}. Change to ${next}`}
      title={`Theme: ${chosen}`}
      onClick={() => theme.set(next)}
    >
      <Icon name={THEME_ICONS[chosen]} />
    </button>
  );
}
