import type { AnyEvent } from "../contract/index.ts";
import { EventPayloadError } from "./errors.ts";

/**
 * Turns a payload of an older version into one of the newest, step by step. Throws EventPayloadError when a step
 * does, with its error as cause.
 */
export function upcast(event: AnyEvent, version: number, payload: unknown): unknown {
  let current = payload;
  for (let from = version; from < event.version; from++) {
    const step = event.upcast[from];
    // The contract is checked for gaps; versions below 1 were never published.
    if (step === undefined)
      throw new EventPayloadError(event.id, `There is no upcast from version ${from} of ${event.id}`);
    try {
      current = step(current as never);
    } catch (cause) {
      throw new EventPayloadError(event.id, `The upcast from version ${from} of ${event.id} failed`, [], {
        cause,
      });
    }
  }
  return current;
}
