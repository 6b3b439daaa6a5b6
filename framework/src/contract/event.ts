import type { Static, TSchema } from "typebox";
import type { Named } from "./operation.ts";

/**
 * Something that has happened, told to whom it may concern. Published in the transaction that made it so, and
 * delivered to each subscriber at least once, after the commit.
 *
 * `version` counts the shapes of the payload. Old events stay in outboxes and logs, so raising it goes with an entry
 * in `upcast` for each older version: what turns a payload of that version into one of the next.
 */
export interface Event<Payload extends TSchema> {
  readonly kind: "event";
  readonly version: number;
  readonly payload: Payload;
  readonly upcast: Readonly<Record<number, (payload: never) => unknown>>;
}

export type AnyEvent = Event<TSchema> & Named;
export type PayloadOf<E> = E extends { readonly payload: infer Schema extends TSchema }
  ? Static<Schema>
  : never;

export function event<Payload extends TSchema>(parts: {
  version: number;
  payload: Payload;
  upcast?: Readonly<Record<number, (payload: never) => unknown>>;
}): Event<Payload> {
  return { kind: "event", upcast: {}, ...parts };
}
