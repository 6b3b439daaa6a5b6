import { validateHeaderName, validateHeaderValue } from "node:http";

/** What a request says of itself, and what belongs to the connection: nobody's to choose. */
const OWN_HEADERS = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The endpoint or the headers of a collector cannot be. Nothing that was given as a header is in the message. */
export class OtlpTargetError extends Error {
  override readonly name = "OtlpTargetError";
  readonly code = "ASHLAR_OTLP_TARGET_INVALID";
  readonly part: "endpoint" | "headers";

  constructor(part: "endpoint" | "headers", message: string) {
    super(message);
    this.part = part;
  }
}

/** Where traces are sent. Its headers may hold a token, so they are not where a log or a dump would show them. */
export class OtlpTarget {
  /** Of the traces, `/v1/traces` included. */
  readonly url: string;
  /** For people: without the query, which may hold a key. */
  readonly address: string;
  readonly #headers: Readonly<Record<string, string>>;

  /** `endpoint` is a collector's base address. Throws OtlpTargetError. */
  constructor(endpoint: string, headers: Readonly<Record<string, string>> = {}) {
    this.url = tracesUrl(endpoint);
    this.address = this.url.replace(/\?.*$/, "");
    this.#headers = checked(headers);
  }

  /**
   * By what OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS say: pairs such as `name=value`, separated by
   * commas, the values percent-encoded. Throws OtlpTargetError.
   */
  static parse(endpoint: string, headers: string | undefined): OtlpTarget {
    const parsed: Record<string, string> = {};
    const pairs = (headers ?? "").split(",").filter((pair) => pair.trim() !== "");
    for (const [index, pair] of pairs.entries()) {
      const equals = pair.indexOf("=");
      if (equals === -1)
        throw new OtlpTargetError("headers", "The headers must look like name=value,other=value.");
      try {
        parsed[pair.slice(0, equals).trim()] = decodeURIComponent(pair.slice(equals + 1).trim());
      } catch {
        throw new OtlpTargetError("headers", `The value of header ${index + 1} is not percent-encoded.`);
      }
    }
    return new OtlpTarget(endpoint, parsed);
  }

  headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }
}

function tracesUrl(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new OtlpTargetError("endpoint", "The endpoint must look like http://collector:4318.");
  }
  if (url.username !== "" || url.password !== "") {
    throw new OtlpTargetError(
      "endpoint",
      "The endpoint must not hold a user or a password; give them as a header.",
    );
  }
  url.hash = "";
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/v1/traces`;
  return url.href;
}

function checked(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [index, [name, value]] of Object.entries(headers).entries()) {
    const key = name.toLowerCase();
    try {
      validateHeaderName(key);
      validateHeaderValue(key, value);
    } catch {
      // By its place: a token that was given without a name stands where the name should.
      throw new OtlpTargetError(
        "headers",
        `Header ${index + 1} cannot be sent: its name or its value is invalid.`,
      );
    }
    if (OWN_HEADERS.has(key))
      throw new OtlpTargetError("headers", `The header ${key} is the exporter's own to set.`);
    found[key] = value;
  }
  return Object.freeze(found);
}
