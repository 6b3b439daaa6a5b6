import { LIVE_TOPICS, type LiveTopic } from "../../../api/live.ts";
import type { Shown } from "../../../api/shown.ts";
import { createStore } from "./store.ts";

/** How the page gets what is new. `polling`: the stream is not open, so everything is asked for every few seconds. */
export type LiveState = "streaming" | "polling" | "paused";

/** A stream that ended is opened again after this. The browser itself does so when the connection breaks. */
const REOPEN_MS = 5_000;

export const liveState = createStore<LiveState>("polling");
/** Chosen by the reader; the page stands still until it is taken back. */
export const isPaused = createStore(false);

const listeners = new Map<LiveTopic, Set<(shown: Shown<unknown>) => void>>();
let source: EventSource | undefined;
let openTopics = "";
let reopening: ReturnType<typeof setTimeout> | undefined;
let isScheduled = false;

/** The topic that carries this path's answer, if one does. */
export function topicOf(path: string): LiveTopic | undefined {
  const name = path.slice(1);
  return LIVE_TOPICS.find((topic) => topic === name);
}

/** Calls `listener` with every new answer of the topic until the returned function is called. */
export function watchTopic(topic: LiveTopic, listener: (shown: Shown<unknown>) => void): () => void {
  const of = listeners.get(topic) ?? new Set();
  listeners.set(topic, of.add(listener));
  schedule();
  return () => {
    of.delete(listener);
    if (of.size === 0) listeners.delete(topic);
    schedule();
  };
}

/** Once after everything that mounts together: a page that needs two topics opens one stream. */
function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  queueMicrotask(() => {
    isScheduled = false;
    connect();
  });
}

function connect(): void {
  const isStill = isPaused.get() || document.hidden;
  const topics = isStill ? "" : [...listeners.keys()].sort().join(",");
  if (topics !== openTopics || source?.readyState === EventSource.CLOSED) {
    clearTimeout(reopening);
    source?.close();
    source = undefined;
    openTopics = topics;
    if (topics !== "") open(topics);
  }
  tell();
}

function open(topics: string): void {
  const stream = new EventSource(`/console/api/live?topics=${topics}`);
  source = stream;
  stream.addEventListener("open", tell);
  stream.addEventListener("error", () => {
    tell();
    if (stream.readyState === EventSource.CLOSED && source === stream) {
      reopening = setTimeout(connect, REOPEN_MS);
    }
  });
  for (const topic of listeners.keys()) {
    stream.addEventListener(topic, (event: MessageEvent<string>) => {
      const shown = JSON.parse(event.data) as Shown<unknown>;
      for (const listener of listeners.get(topic) ?? []) listener(shown);
    });
  }
}

function tell(): void {
  if (isPaused.get()) liveState.set("paused");
  else liveState.set(source?.readyState === EventSource.OPEN ? "streaming" : "polling");
}

isPaused.watch(connect);
document.addEventListener("visibilitychange", connect);
