export { type Delivery, openDelivery } from "./delivery.ts";
export {
  EventCursorError,
  EventError,
  EventPayloadError,
  EventReplayError,
  EventTooNewError,
} from "./errors.ts";
export { inboxHolds, inboxStatement, type Receipt } from "./inbox.ts";
export {
  COUNTED_AT_MOST,
  type DeadDelivery,
  type EventLag,
  eventLag,
  type OutboxLag,
  type SubscriberLag,
} from "./lag.ts";
export { type NewEvent, publishStatement } from "./outbox.ts";
export { type RecentEvent, type RecentEvents, recentEvents } from "./recent-events.ts";
export { type RelayParts, relayTask } from "./relay.ts";
export { type ReplayParts, type ReplayProgress, replayEvents, resumeReplay } from "./replay.ts";
export { countReplay, type ReplayCount } from "./replay-count.ts";
export { eventRetentionTask } from "./retention.ts";
export {
  findSubscriptions,
  type KnownSubscription,
  type Subscription,
  subscriberKind,
  syncSubscriptions,
} from "./subscription.ts";
