import { type Exchange, type PartRoute, Refusal } from "ashlar/http";
import { system } from "ashlar/module";
import { LIVE_TOPICS, type LiveTopic } from "../../api/live.ts";
import type { Gate } from "../access/gate.ts";
import type { ReadEndpoint } from "../endpoint.ts";
import type { LastKnown } from "../reading/last-known.ts";
import { API, keyOf } from "../reading/read-route.ts";
import { LiveStream } from "./live-stream.ts";
import { LiveTopicSource } from "./live-topic.ts";

const INTERVALS_MS: Readonly<Record<LiveTopic, number>> = {
  now: 2_000,
  map: 5_000,
  queues: 5_000,
  events: 5_000,
  database: 5_000,
};
const MOST_STREAMS = 50;
const READ_TIMEOUT_MS = 10_000;
const RECHECK_MS = 60_000;

export interface LiveParts {
  readonly gate: Gate;
  readonly reads: readonly ReadEndpoint[];
  readonly lastKnown: LastKnown;
  readonly intervals?: Readonly<Partial<Record<LiveTopic, number>>>;
  readonly recheckMs?: number;
  readonly mostStreams?: number;
}

/** The live stream: topics that somebody listens to are read every few seconds, once for everybody. */
export class Live {
  readonly #gate: Gate;
  readonly #recheckMs: number;
  readonly #mostStreams: number;
  readonly #sources = new Map<LiveTopic, LiveTopicSource>();
  readonly #streams = new Set<LiveStream>();
  #isClosed = false;

  constructor({ gate, reads, lastKnown, intervals, recheckMs, mostStreams }: LiveParts) {
    this.#gate = gate;
    this.#recheckMs = recheckMs ?? RECHECK_MS;
    this.#mostStreams = mostStreams ?? MOST_STREAMS;
    for (const topic of LIVE_TOPICS) {
      const endpoint = reads.find(({ path }) => path === `/${topic}`);
      if (endpoint === undefined) continue;
      const interval = intervals?.[topic] ?? INTERVALS_MS[topic];
      const read = () => this.#read(endpoint, lastKnown);
      this.#sources.set(topic, new LiveTopicSource(topic, interval, read));
    }
  }

  get route(): PartRoute {
    return {
      method: "GET",
      path: `${API}/live`,
      isQuiet: true,
      isStream: true,
      answer: (exchange) => this.#answer(exchange),
    };
  }

  /** Ends all streams, and those that would begin. */
  close(): void {
    this.#isClosed = true;
    for (const stream of this.#streams) stream.end();
  }

  async #answer(exchange: Exchange): Promise<void> {
    await this.#gate.admitReader(exchange);
    const sources = this.#sourcesOf(exchange);
    if (this.#isClosed) throw new Refusal("NOT_READY");
    if (this.#streams.size >= this.#mostStreams) throw new Refusal("OVERLOADED");
    // A HEAD request is told what a GET would be.
    const outgoing = exchange.stream("text/event-stream; charset=utf-8", { "x-accel-buffering": "no" });
    if (outgoing === null) return;
    if (exchange.incoming.method === "HEAD") {
      outgoing.end();
      return;
    }
    const recheck = setInterval(() => {
      this.#gate.admitReader(exchange).catch(() => stream.end());
    }, this.#recheckMs);
    const stream = new LiveStream(outgoing, () => {
      clearInterval(recheck);
      this.#streams.delete(stream);
      for (const source of sources) source.leave(stream.send);
    });
    this.#streams.add(stream);
    for (const source of sources) source.listen(stream.send);
  }

  #sourcesOf({ incoming }: Exchange): readonly LiveTopicSource[] {
    const { searchParams } = new URL(incoming.url ?? "/", "http://console");
    const named = new Set((searchParams.get("topics") ?? "").split(",").filter((name) => name !== ""));
    const sources = [...named].map((name) => this.#sources.get(name as LiveTopic));
    if (sources.length === 0 || sources.includes(undefined)) {
      const message = `must name one or more of ${[...this.#sources.keys()].join(", ")}`;
      throw new Refusal("REQUEST_INVALID", { errors: [{ path: "/query/topics", message }] });
    }
    return sources as LiveTopicSource[];
  }

  #read(endpoint: ReadEndpoint, lastKnown: LastKnown): Promise<string> {
    return lastKnown.answer(keyOf({ pathname: `${API}${endpoint.path}`, search: "" }), () =>
      endpoint.read({
        params: {},
        query: new URLSearchParams(),
        actor: system("console"),
        access: "reader",
        deadline: Date.now() + READ_TIMEOUT_MS,
      }),
    );
  }
}
