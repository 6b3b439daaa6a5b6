import { useEffect, useState } from "react";
import { createStore, useStore } from "../api/store.ts";
import { formatAgo, formatExactTime, formatTime, NOTHING } from "./format.ts";

const second = createStore(Date.now());
let watchers = 0;
let ticking: ReturnType<typeof setInterval> | undefined;

/** Milliseconds of the epoch, again every second; one clock for the whole page. */
export function useNow(): number {
  useEffect(() => {
    if (watchers++ === 0) ticking = setInterval(() => second.set(Date.now()), 1_000);
    return () => {
      if (--watchers === 0) clearInterval(ticking);
    };
  }, []);
  return useStore(second);
}

/** A moment in the reader's zone: `03:12:05`. */
export function Time({ at }: { readonly at: number | null }) {
  if (at === null) return <span className="nothing">{NOTHING}</span>;
  return <Moment at={at} text={formatTime(at)} />;
}

/** How long ago: `4 min ago`, with the exact moment on hover and on a click. */
export function Ago({ at }: { readonly at: number | null }) {
  if (at === null) return <span className="nothing">{NOTHING}</span>;
  return <LivingAgo at={at} />;
}

function LivingAgo({ at }: { readonly at: number }) {
  const now = useNow();
  return <Moment at={at} text={formatAgo(at, Math.max(now, Date.now()))} />;
}

/** `title` alone reaches neither a finger nor the keyboard, so a click shows the exact moment in place. */
function Moment({ at, text }: { readonly at: number; readonly text: string }) {
  const [isExact, setExact] = useState(false);
  const iso = new Date(at).toISOString();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the same moment is in the row's details and in `datetime`
    <time
      className="moment"
      dateTime={iso}
      title={formatExactTime(at)}
      onClick={() => setExact((before) => !before)}
    >
      {isExact ? formatExactTime(at) : text}
    </time>
  );
}
