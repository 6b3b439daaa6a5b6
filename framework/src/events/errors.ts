import type { SchemaViolation } from "../contract/index.ts";

/** A delivery that its subscriber cannot take in. `code` is stable; `event` is `<publisher>.<name>`. */
export class EventError extends Error {
  override readonly name: string = "EventError";
  readonly code: string;
  readonly event: string;

  constructor(code: string, event: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.event = event;
  }
}

/** A delivery that is not what the event's contract says, before or after its upcasts. */
export class EventPayloadError extends EventError {
  readonly violations: readonly SchemaViolation[];

  constructor(
    event: string,
    problem: string,
    violations: readonly SchemaViolation[] = [],
    options?: ErrorOptions,
  ) {
    const list = violations
      .map(({ path, message }) => `${path === "" ? "the value" : path} ${message}`)
      .join("; ");
    super(
      "ASHLAR_EVENT_PAYLOAD_INVALID",
      event,
      `${problem}${list === "" ? "" : `: ${list}`}. Correct the contract's schema or upcast, deploy, and retry the dead delivery.`,
      options,
    );
    this.violations = violations;
  }
}

/** The event was published by a newer release than this one. Another instance, or this one later, can take it in. */
export class EventTooNewError extends EventError {
  readonly version: number;
  readonly newestKnown: number;

  constructor(event: string, version: number, newestKnown: number) {
    super(
      "ASHLAR_EVENT_TOO_NEW",
      event,
      `${event} has version ${version}, this release knows versions up to ${newestKnown}. It waits for an instance with a newer release.`,
    );
    this.version = version;
    this.newestKnown = newestKnown;
  }
}

/** A replay that cannot be made, or not be gone on with. */
export class EventReplayError extends EventError {
  constructor(event: string, message: string) {
    super("ASHLAR_EVENT_REPLAY_REFUSED", event, message);
  }
}

/** A cursor that no list of events gave out. */
export class EventCursorError extends EventError {
  constructor(cursor: string) {
    super(
      "ASHLAR_EVENT_CURSOR_INVALID",
      cursor,
      `${JSON.stringify(cursor)} is no cursor of a list of events.`,
    );
  }
}
