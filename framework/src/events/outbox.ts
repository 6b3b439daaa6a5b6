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
    text: textsOf(event.module).one,
    values: [event.event, event.version, event.key, JSON.stringify(event.payload), event.traceId],
  };
}

/** Publishes any number of events, in the order of the list. */
export function publishAllStatement(module: string, events: readonly NewEvent[]): Statement {
  return {
    text: textsOf(module).many,
    values: [
      events.map(({ event }) => event),
      events.map(({ version }) => version),
      events.map(({ key }) => key),
      events.map(({ payload }) => JSON.stringify(payload)),
      events.map(({ traceId }) => traceId),
    ],
  };
}

/** A module's two texts are built once, so that the pool finds their prepared statements by identity. */
const texts = new Map<string, { readonly one: string; readonly many: string }>();

function textsOf(module: string) {
  let known = texts.get(module);
  if (known === undefined) {
    const outbox = `${pg.escapeIdentifier(module)}._outbox (event, version, key, payload, trace_id)`;
    known = {
      one: `insert into ${outbox} values ($1, $2, $3, $4, $5)`,
      many: `insert into ${outbox}
        select event, version, key, payload, trace_id
        from unnest($1::text[], $2::smallint[], $3::text[], $4::jsonb[], $5::uuid[])
          with ordinality as e (event, version, key, payload, trace_id, place)
        order by place`,
    };
    texts.set(module, known);
  }
  return known;
}
