import pg from "pg";
import type { Statement } from "../postgres/index.ts";

/** An event on its way into the outbox. */
export interface NewEvent {
  /** `<publisher>.<name>`. */
  readonly event: string;
  readonly version: number;
  readonly payload: unknown;
  /** Events of one key are handed over in the order of their publishing. */
  readonly key: string | null;
  readonly traceId: string | null;
}

/**
 * Publishes one event in the transaction that it is executed in, under the publisher's app role. The payload is
 * taken as it is: whoever publishes has validated it.
 *
 * Two transactions that publish under one key at the same time are ordered by who published first, not by who
 * committed first, so publish after locking whatever the key stands for.
 */
export function publishStatement(event: NewEvent & { readonly module: string }): Statement {
  return {
    text: textOf(event.module),
    values: [event.event, event.version, event.key, JSON.stringify(event.payload), event.traceId],
  };
}

/** A module's text is built once, so that the pool finds its prepared statement by identity. */
const texts = new Map<string, string>();

function textOf(module: string): string {
  let text = texts.get(module);
  if (text === undefined) {
    text = `insert into ${pg.escapeIdentifier(module)}._outbox (event, version, key, payload, trace_id)
      values ($1, $2, $3, $4, $5)`;
    texts.set(module, text);
  }
  return text;
}
