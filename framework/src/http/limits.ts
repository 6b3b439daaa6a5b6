import type { EdgePart } from "./edge-part.ts";
import type { MetricsAccess } from "./metrics-endpoint.ts";

/** How the edge is to be reached and what it puts up with. Everything but host and port has a default. */
export interface EdgeOptions {
  readonly host: string;
  /** 0 takes a free one; read it back from `edge.url`. */
  readonly port: number;
  /** What /openapi.json says of the API as a whole. */
  readonly api?: ApiInfo;
  /**
   * True when clients reach this instance only through HTTPS: answers then carry Strict-Transport-Security. Off
   * unless told, since the edge speaks plain HTTP and cannot know, and a browser told so by mistake locks itself out.
   */
  readonly behindHttps?: boolean;
  /** Who may read /metrics. Nobody unless told. */
  readonly metrics?: MetricsAccess;
  /** What is served beside the routes of the modules: the console. */
  readonly parts?: readonly EdgePart[];
  /**
   * How long `stop` goes on accepting after readiness went off, so that a load balancer notices before connections
   * are refused. 0 unless told.
   */
  readonly drainDelayMs?: number;
  /** How long `stop` waits for requests in progress before it cuts them off. */
  readonly stopTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
  readonly maxBodyBytes?: number;
  readonly maxJsonDepth?: number;
  readonly maxJsonValues?: number;
  readonly maxHeaderBytes?: number;
  readonly headersTimeoutMs?: number;
  readonly keepAliveTimeoutMs?: number;
  readonly connectionTimeoutMs?: number;
}

export interface ApiInfo {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
}

export interface Limits {
  /**
   * From the head of a request to its answer, body included. The deadline of the operation; an operation that
   * does not keep it is answered for a little later. Streams have it per chunk and per operation instead.
   */
  readonly requestTimeoutMs: number;
  /** Of a JSON body. Streams declare their own. */
  readonly maxBodyBytes: number;
  readonly maxJsonDepth: number;
  /** Members and elements in all of a JSON body. */
  readonly maxJsonValues: number;
  readonly maxHeaderBytes: number;
  /** For the head of a request to arrive: what ends a slow trickle of headers. */
  readonly headersTimeoutMs: number;
  /** Longer than that of a load balancer in front, or that would send into a connection just being closed. */
  readonly keepAliveTimeoutMs: number;
  /** For a connection on which nothing moves in either direction, such as a client that does not read its answer. */
  readonly connectionTimeoutMs: number;
}

export function limitsOf(options: EdgeOptions): Limits {
  return {
    requestTimeoutMs: options.requestTimeoutMs ?? 10_000,
    maxBodyBytes: options.maxBodyBytes ?? 1_048_576,
    maxJsonDepth: options.maxJsonDepth ?? 32,
    maxJsonValues: options.maxJsonValues ?? 20_000,
    maxHeaderBytes: options.maxHeaderBytes ?? 16_384,
    headersTimeoutMs: options.headersTimeoutMs ?? 10_000,
    keepAliveTimeoutMs: options.keepAliveTimeoutMs ?? 72_000,
    connectionTimeoutMs: options.connectionTimeoutMs ?? 120_000,
  };
}

/** Longest value of one `{part}` of a path, in characters as sent. */
export const MAX_PATH_PART_LENGTH = 512;
