import pg from "pg";
import type { Statement } from "../postgres/index.ts";

/** One event as one subscriber takes it in. */
export interface Receipt {
  /** The subscribing module. */
  readonly module: string;
  /** The subscriber's name in that module. */
  readonly subscriber: string;
  readonly publisher: string;
  readonly eventId: number;
  /** 0, or the number of the replay that delivers it again. */
  readonly replay: number;
}

/**
 * Notes that an event is taken in; executed in the transaction of the effect. `rowCount` 0: it was before, so do
 * nothing. Waits for a twin in another transaction that is taking in the same event.
 */
export function inboxStatement(receipt: Receipt): Statement {
  return {
    text: `insert into ${pg.escapeIdentifier(receipt.module)}._inbox (subscriber, publisher, event_id, replay)
      values ($1, $2, $3, $4) on conflict do nothing`,
    values: [receipt.subscriber, receipt.publisher, receipt.eventId, receipt.replay],
  };
}

/** Asks whether an event was taken in: `rowCount` 1. For subscribers whose effect is in no transaction. */
export function inboxHolds(receipt: Receipt): Statement {
  return {
    text: `select from ${pg.escapeIdentifier(receipt.module)}._inbox
      where subscriber = $1 and publisher = $2 and event_id = $3 and replay = $4`,
    values: [receipt.subscriber, receipt.publisher, receipt.eventId, receipt.replay],
  };
}
