import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";
import type { FiringView, Now } from "../../../console/api/now.ts";
import type { Shown } from "../../../console/api/shown.ts";

export const TOKEN = "token-of-the-operator";

/** An app whose console answers as it is told to. */
export interface ConsoleServer {
  readonly url: string;
  answer: Shown<Now> | { readonly status: number; readonly body: unknown };
  /** Resolves with the next request for /console/api/now. */
  asked(): Promise<IncomingMessage>;
  /** Ends it, with its connections. */
  stop(): Promise<void>;
}

export async function consoleServer(answer: ConsoleServer["answer"]): Promise<ConsoleServer> {
  let asked = Promise.withResolvers<IncomingMessage>();
  const server = createServer((request, response) => {
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    if (request.url !== "/console/api/now") return send(404, { title: "Not found", code: "NOT_FOUND" });
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return send(401, { code: "UNAUTHENTICATED" });
    if ("status" in own.answer) send(own.answer.status, own.answer.body);
    else send(200, own.answer);
    const { resolve } = asked;
    asked = Promise.withResolvers();
    resolve(request);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  after(stop);
  const own: ConsoleServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer,
    asked: () => asked.promise,
    stop,
  };
  return own;
}

export const NOW = Date.parse("2026-05-04T03:12:00Z");

export function firing(parts: Partial<FiringView> = {}): FiringView {
  return {
    check: "route-errors",
    subject: "PUT /v1/cart/items/{sku}",
    severity: "error",
    title: "PUT /v1/cart/items/{sku} fails too often",
    evidence: ["312 of 620 requests failed (50.3 %)"],
    module: "ordering",
    since: NOW - 240_000,
    seenAt: NOW,
    endedAt: null,
    actions: [{ does: "Deploy the release before", command: null, sql: null, place: null }],
    place: { href: "/traces?route=x", label: "Traces" },
    runbook: "route-errors",
    blast: { routes: [], modules: [] },
    suspect: null,
    ...parts,
  };
}

export function shown(parts: Partial<Now> = {}): Shown<Now> {
  return {
    at: NOW,
    stale: null,
    data: {
      state: "well",
      firing: [],
      recent: [],
      blind: [],
      quiet: 19,
      lookedAt: NOW,
      changes: [],
      traffic: { times: [0, 1, 2], stepMs: 60_000, values: { requests: [1, null, 8] } },
      numbers: {
        requestsPerSecond: 51.24,
        errorShare: 0.021,
        p99Ms: 340.4,
        jobsReady: 1234,
        isJobsReadyAtLeast: true,
        deadLetters: 1,
        isDeadLettersAtLeast: false,
      },
      unknown: [],
      ...parts,
    },
  };
}
