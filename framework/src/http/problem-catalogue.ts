/**
 * Every refusal that the edge itself can answer, by its stable code. The errors that operations declare come on
 * top, under their own codes. docs/reference/errors.md lists the same codes.
 */
export const problemCatalogue = {
  REQUEST_INVALID: { status: 400, title: "The request is not what this operation takes." },
  REQUEST_MALFORMED: { status: 400, title: "The request is not valid HTTP." },
  JSON_MALFORMED: { status: 400, title: "The body is not valid JSON." },
  JSON_TOO_COMPLEX: { status: 400, title: "The body is nested too deeply or holds too many values." },
  TEXT_INVALID: { status: 400, title: "A text holds a character that cannot be stored." },
  IDEMPOTENCY_KEY_MISSING: { status: 400, title: "This operation needs an Idempotency-Key header." },
  IDEMPOTENCY_KEY_INVALID: {
    status: 400,
    title: "An Idempotency-Key has 1 to 255 visible ASCII characters.",
  },
  UNAUTHENTICATED: { status: 401, title: "This operation needs a valid bearer token." },
  FORBIDDEN: { status: 403, title: "The sender may not use this operation." },
  ROUTE_NOT_FOUND: { status: 404, title: "There is nothing at this path." },
  METHOD_NOT_ALLOWED: { status: 405, title: "This path does not take this method." },
  REQUEST_INCOMPLETE: { status: 408, title: "The request did not arrive completely in time." },
  IDEMPOTENCY_KEY_IN_USE: {
    status: 409,
    title: "A request with this Idempotency-Key is still running. Repeat it later with the same key.",
  },
  BODY_TOO_LARGE: { status: 413, title: "The body is larger than this operation takes." },
  PATH_TOO_LONG: { status: 414, title: "A part of the path is too long." },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, title: "This operation does not take a body of this media type." },
  EXPECTATION_FAILED: { status: 417, title: "The expectation in the Expect header cannot be met." },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: "This Idempotency-Key was used for another request. Send a new key with a new request.",
  },
  HEADERS_TOO_LARGE: { status: 431, title: "The header fields are too large." },
  INTERNAL: { status: 500, title: "The server failed. The trace identifies the failure in its log." },
  DATABASE_UNAVAILABLE: { status: 503, title: "The database cannot be reached at the moment. Try again." },
  NOT_READY: { status: 503, title: "This instance does not take requests at the moment." },
  OUTCOME_UNKNOWN: {
    status: 503,
    title:
      "The connection to the database broke while the work was being committed: it may have taken effect.",
  },
  OVERLOADED: { status: 503, title: "The server has more work than it can do at the moment. Try again." },
  REQUEST_TIMEOUT: { status: 503, title: "The work took longer than a request may. It was given up." },
  TRY_AGAIN: { status: 503, title: "Concurrent work got in the way and nothing was done. Try again." },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemCode = keyof typeof problemCatalogue;
