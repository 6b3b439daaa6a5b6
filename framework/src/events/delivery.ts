import { type AnyEvent, closed, type Static, Type, validator } from "../contract/index.ts";
import { EventPayloadError, EventTooNewError } from "./errors.ts";
import { upcast } from "./upcast.ts";

/** What the job of a delivery carries. */
const Envelope = closed({
  event: Type.String(),
  publisher: Type.String(),
  id: Type.Integer({ minimum: 1 }),
  version: Type.Integer({ minimum: 1 }),
  key: Type.Union([Type.String(), Type.Null()]),
  publishedAt: Type.String(),
  payload: Type.Unknown(),
  /** 0, or the number of the replay that made the delivery. */
  replay: Type.Integer({ minimum: 0 }),
});

/** An event as its subscriber receives it: the payload in the newest version of the contract. */
export interface Delivery {
  /** Unique with the publisher's name; grows with time. */
  readonly id: number;
  readonly key: string | null;
  readonly publishedAt: Date;
  readonly payload: unknown;
}

/**
 * Opens what the job of a delivery carries. Throws EventTooNewError when a newer release published it, which is no
 * fault of the event, and EventPayloadError when it is not what the contract says.
 */
export function openDelivery(envelope: unknown, event: AnyEvent): Delivery {
  const check = validator(Envelope);
  if (!check.accepts(envelope)) {
    throw new EventPayloadError(
      event.id,
      `A delivery of ${event.id} is malformed`,
      check.violations(envelope),
    );
  }
  const delivered = envelope as Static<typeof Envelope>;
  if (delivered.event !== event.id) {
    throw new EventPayloadError(
      event.id,
      `A delivery for a subscriber to ${event.id} holds ${delivered.event}`,
    );
  }
  if (delivered.version > event.version)
    throw new EventTooNewError(event.id, delivered.version, event.version);
  const publishedAt = new Date(delivered.publishedAt);
  if (Number.isNaN(publishedAt.getTime())) {
    throw new EventPayloadError(event.id, `A delivery of ${event.id} is malformed`, [
      { path: "/publishedAt", message: "is not a time" },
    ]);
  }
  const payload = upcast(event, delivered.version, delivered.payload);
  const payloadCheck = validator(event.payload);
  if (!payloadCheck.accepts(payload)) {
    throw new EventPayloadError(
      event.id,
      `The payload of ${event.id} ${delivered.id}, of version ${delivered.version}, is not what its schema says`,
      payloadCheck.violations(payload),
    );
  }
  return { id: delivered.id, key: delivered.key, publishedAt, payload };
}
