import { randomUUID } from "node:crypto";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { serveTasks } from "../child.ts";
import { percentile } from "../harness.ts";

export interface Step {
  readonly method: "GET" | "POST" | "PUT";
  /** Taken in turn. */
  readonly paths: readonly string[];
  readonly body?: string;
  /** Sends a new Idempotency-Key with each request. */
  readonly isKeyed?: boolean;
  /** Any other status ends the run with an error: a refused request is cheap and must not count as served. */
  readonly status: number;
}

export interface LoadTask {
  readonly port: number;
  /** Connections, each with one request under way at a time. */
  readonly clients: number;
  /** What one pass of a client consists of, in order. */
  readonly steps: readonly Step[];
  /** Bearer tokens: one for each client, or one for each pass. None: requests go without. */
  readonly tokens: readonly string[];
  readonly tokenFor: "client" | "pass";
  /** Of each client after each pass: for a load that leaves the system time to breathe. Default 0. */
  readonly pauseMs?: number;
  /** Ends after this time ... */
  readonly ms?: number;
  /** ... or after so many passes of all clients together. */
  readonly passes?: number;
}

export interface LoadResult {
  readonly passes: number;
  readonly elapsedMs: number;
  /** Of a pass, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/**
 * A closed loop over raw sockets: next to nothing on top of the bytes, so that on a machine with few cores the
 * server gets what there is. Connections stay open between runs; requests are not pipelined.
 */
async function run(task: LoadTask): Promise<LoadResult> {
  const connections = await connectionsTo(task.port, task.clients);
  const times: number[] = [];
  let begun = 0;
  const start = performance.now();
  const isOver = () =>
    task.passes === undefined ? performance.now() - start >= task.ms! : begun >= task.passes;
  await Promise.all(
    connections.map(async (connection, client) => {
      while (!isOver()) {
        const pass = begun++;
        const token = task.tokens[(task.tokenFor === "client" ? client : pass) % task.tokens.length];
        const startedAt = performance.now();
        for (const step of task.steps) await take(connection, step, pass, token);
        times.push(performance.now() - startedAt);
        if (task.pauseMs !== undefined) await delay(task.pauseMs);
      }
    }),
  );
  const elapsedMs = performance.now() - start;
  const sorted = Float64Array.from(times).sort();
  return { passes: times.length, elapsedMs, p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) };
}

async function take(
  connection: Connection,
  step: Step,
  pass: number,
  token: string | undefined,
): Promise<void> {
  const path = step.paths[pass % step.paths.length]!;
  const lines = [`${step.method} ${path} HTTP/1.1`, "host: 127.0.0.1"];
  if (token !== undefined) lines.push(`authorization: Bearer ${token}`);
  if (step.isKeyed === true) lines.push(`idempotency-key: ${randomUUID()}`);
  if (step.body !== undefined) {
    lines.push("content-type: application/json", `content-length: ${Buffer.byteLength(step.body)}`);
  } else if (step.method !== "GET") {
    lines.push("content-length: 0");
  }
  const { status, body } = await connection.request(`${lines.join("\r\n")}\r\n\r\n${step.body ?? ""}`);
  if (status !== step.status) {
    throw new Error(`${step.method} ${path} was answered with ${status} and not ${step.status}: ${body}`);
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One connection that is kept open, and reads answers that state their length. */
class Connection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiter: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", (error) => this.#waiter?.reject(error));
    socket.on("close", () => this.#waiter?.reject(new Error("The server closed the connection.")));
  }

  get isOpen(): boolean {
    return this.#socket.writable;
  }

  request(text: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
      this.#socket.write(text);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const endOfHead = this.#received.indexOf("\r\n\r\n");
    if (endOfHead < 0) return;
    const head = this.#received.toString("latin1", 0, endOfHead);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN);
    const start = endOfHead + 4;
    if (Number.isNaN(length)) {
      this.#waiter?.reject(
        new Error(`The load generator reads only answers with a content-length:\n${head}`),
      );
    } else if (this.#received.length >= start + length) {
      const status = Number(head.slice(9, 12));
      const body = status < 400 ? "" : this.#received.toString("utf8", start, start + length);
      this.#received = this.#received.subarray(start + length);
      this.#waiter?.resolve({ status, body });
    }
  }
}

const open = new Map<number, Connection[]>();

async function connectionsTo(port: number, count: number): Promise<Connection[]> {
  const connections = (open.get(port) ?? []).filter(({ isOpen }) => isOpen);
  while (connections.length < count) connections.push(await newConnection(port));
  open.set(port, connections);
  return connections.slice(0, count);
}

function newConnection(port: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(new Connection(socket));
    });
  });
}

serveTasks({ run }, async () => {
  for (const connection of [...open.values()].flat()) connection.close();
});
