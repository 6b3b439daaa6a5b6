import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { type Logger, pino } from "pino";
import {
  OtlpExporter,
  type OtlpExporterParts,
  OtlpTarget,
  SpanRing,
  TraceKeeper,
} from "../../../src/telemetry/index.ts";
import { eventually } from "../../../src/testing/index.ts";

export interface ReceivedRequest {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Unzipped. */
  readonly body: Buffer;
  /** Names of its spans, as far as they are those of `Traced.trace`. */
  readonly names: readonly string[];
  /** By `performance.now()`. */
  readonly at: number;
}

/** Answers one request; the requests after the last answer are taken. */
export type Answer = (response: ServerResponse) => void;

/** An HTTP server in a collector's place. */
export class Collector implements AsyncDisposable {
  readonly requests: ReceivedRequest[] = [];
  readonly #answers: Answer[];
  readonly #server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = gunzipSync(Buffer.concat(chunks));
    const names = [...body.toString("latin1").matchAll(/trace-\d+;/g)].map(([name]) => name.slice(0, -1));
    const { method, url: path, headers } = incoming;
    this.requests.push({ method, path, headers, body, names, at: performance.now() });
    (this.#answers.shift() ?? status(200))(outgoing);
  });

  constructor(answers: readonly Answer[]) {
    this.#answers = [...answers];
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get names(): readonly string[] {
    return this.requests.flatMap(({ names }) => names);
  }

  async listen(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  async received(count: number): Promise<ReceivedRequest> {
    await eventually(`${count} request(s) have arrived`, () => this.requests.length >= count);
    return this.requests[count - 1]!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

export function status(
  code: number,
  headers: Readonly<Record<string, string>> = {},
  body?: Uint8Array,
): Answer {
  return (response) => response.writeHead(code, headers).end(body);
}

export const protobuf = { "content-type": "application/x-protobuf" };

/** Holds the connection and says nothing. */
export const silence: Answer = () => {};

/** Breaks the connection. */
export const reset: Answer = (response) => response.socket?.destroy();

export interface LogLine extends Readonly<Record<string, unknown>> {
  readonly msg: string;
  readonly level: number;
}

/** An exporter with a collector and traces for it. */
export class Traced implements AsyncDisposable {
  readonly collector: Collector;
  readonly exporter: OtlpExporter;
  readonly logged: LogLine[] = [];
  readonly #spans = new SpanRing();

  private constructor(collector: Collector, parts: Partial<OtlpExporterParts>) {
    this.collector = collector;
    const log: Logger = pino(
      { level: "debug" },
      { write: (line: string) => this.logged.push(JSON.parse(line)) },
    );
    this.exporter = new OtlpExporter({
      target: new OtlpTarget(collector.endpoint, { authorization: TOKEN }),
      traces: new TraceKeeper({ spans: this.#spans, rules: { randomShare: 1 } }),
      spans: this.#spans,
      serviceName: "shop",
      serviceVersion: "0.1.0",
      log,
      ...parts,
      limits: { batchSpans: 1, firstWaitMs: 1, ...parts.limits },
    });
    this.exporter.start();
  }

  static async start(
    answers: readonly Answer[],
    limits: OtlpExporterParts["limits"] = {},
    parts: Partial<OtlpExporterParts> = {},
  ): Promise<Traced> {
    return new Traced(await new Collector(answers).listen(), { ...parts, limits });
  }

  /** Ends a root with so many spans in all, which is kept. */
  trace(number: number, spans = 1): void {
    const root = this.#spans.start("call", "ordering", `trace-${number};`, crypto.randomUUID(), 0);
    for (let more = 1; more < spans; more++) {
      this.#spans.end(this.#spans.start("statement", "ordering", "select", "", root), null);
    }
    this.#spans.end(root, null);
  }

  messages(): string[] {
    return this.logged.map(({ msg }) => msg);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.exporter.stop(0);
    await this.collector[Symbol.asyncDispose]();
  }
}

export const TOKEN = "Bearer this-is-a-secret";
