import type { CountView } from "./jobs.ts";

/** GET /console/api/events, and topic `events` of the live stream. */
export interface Events {
  readonly outboxes: readonly OutboxView[];
  readonly subscribers: readonly SubscriberView[];
}

/** What a publisher has published and no relay has handed over yet. */
export interface OutboxView {
  readonly publisher: string;
  readonly depth: CountView;
  /** Age of the oldest; null when there is none. */
  readonly oldestMs: number | null;
  /** Ids of its events. */
  readonly events: readonly string[];
}

export interface SubscriberView {
  /** The subscribing module. */
  readonly module: string;
  readonly name: string;
  readonly publisher: string;
  /** `<publisher>.<name>`. */
  readonly event: string;
  readonly queue: string;
  readonly inOrder: boolean;
  /** Age of the oldest event that it has not taken in; null when it has taken in all. */
  readonly lagMs: number | null;
  /** Deliveries that are not done. */
  readonly pending: CountView;
  readonly retrying: CountView;
  readonly dead: CountView;
  /** Of the latest delivery that died. */
  readonly poison: PoisonView | null;
  /** Its queue is. */
  readonly paused: { readonly by: string | null; readonly since: number } | null;
  /** False when this release has no such subscriber any more; `seenAt` tells since when none has. */
  readonly isDeclared: boolean;
  readonly seenAt: number;
}

export interface PoisonView {
  /** Id of the delivery's job. */
  readonly job: string;
  readonly diedAt: number;
  readonly attempts: number;
  readonly code: string;
  readonly message: string;
}

/** GET /console/api/events/recent?publisher&event&after: what was handed over, the newest first. */
export interface RecentEventsView {
  readonly events: readonly EventView[];
  /** For `after` of the next page; null after the oldest that is kept. */
  readonly next: string | null;
  /** Events that were looked at. With `next` and fewer than 50 events, this bound ended the page. */
  readonly lookedAt: number;
}

export interface EventView {
  readonly publisher: string;
  readonly id: number;
  readonly event: string;
  readonly version: number;
  readonly key: string | null;
  /** Null when it is too large to be listed. */
  readonly payload: unknown;
  readonly payloadBytes: number;
  readonly traceId: string | null;
  readonly publishedAt: number;
}
