import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Configuration, Webhook } from "./configuration.ts";
import { Refused } from "./refused.ts";
import { behaviourOf } from "./test-cards.ts";
import type { CaptureRequest, RefundRequest } from "./transaction.ts";
import type { Transactions } from "./transactions.ts";
import type { Webhooks } from "./webhooks.ts";

const MAX_BODY_BYTES = 65_536;
const TRANSACTIONS_A_PAGE = 500;

interface Parts {
  readonly configuration: Configuration;
  readonly transactions: Transactions;
  readonly webhooks: Webhooks;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The HTTP interface, as in README.md. */
export function createApi({ configuration, transactions, webhooks }: Parts): Server {
  const routes: Readonly<Record<string, (request: IncomingMessage, url: URL) => Promise<Answer | "none">>> = {
    "POST /v1/captures": async (incoming) => {
      const key = keyOf(incoming);
      const request = captureRequest(await bodyOf(incoming));
      const { result, isNew } = await transactions.capture(key, request);
      if (isNew && behaviourOf(request.card).losesAnswer) return "none";
      return { status: isNew ? 201 : 200, body: result };
    },
    "GET /v1/captures": async (_incoming, url) => ({
      status: 200,
      body: { items: transactions.capturesOf(url.searchParams.get("reference") ?? "") },
    }),
    "POST /v1/refunds": async (incoming) => {
      const key = keyOf(incoming);
      const { result, isNew } = await transactions.refund(key, refundRequest(await bodyOf(incoming)));
      return { status: isNew ? 201 : 200, body: result };
    },
    "GET /v1/transactions": async (_incoming, url) => {
      const day = url.searchParams.get("day") ?? "";
      if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(day)) throw invalid("day must look like 2026-03-01");
      const items = transactions.movedOn(day, url.searchParams.get("after"), TRANSACTIONS_A_PAGE);
      const next = items.length === TRANSACTIONS_A_PAGE ? items.at(-1)!.id : null;
      return { status: 200, body: { items, next } };
    },
    "PUT /v1/webhook": async (incoming) => {
      await transactions.setWebhook(webhookRequest(await bodyOf(incoming)));
      webhooks.resume();
      return { status: 204, body: null };
    },
  };

  return createServer(async (incoming, outgoing) => {
    try {
      if (!isKey(incoming.headers.authorization, configuration.key)) {
        throw new Refused(401, "unauthenticated", "Send the API key as a bearer token.");
      }
      const url = new URL(incoming.url ?? "/", "http://provider");
      const route = routes[`${incoming.method} ${url.pathname}`];
      if (route === undefined) throw new Refused(404, "not_found", "There is nothing of that kind here.");
      const answer = await route(incoming, url);
      if (answer === "none") leaveWaiting(outgoing, configuration.times.hangMs);
      else send(outgoing, answer);
    } catch (error) {
      const { status, code, message } =
        error instanceof Refused ? error : new Refused(500, "internal", "The provider failed.");
      send(outgoing, { status, body: { error: { code, message } } });
    }
  });
}

function send(outgoing: ServerResponse, { status, body }: Answer): void {
  if (body === null) outgoing.writeHead(status).end();
  else outgoing.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** Says nothing, and cuts the connection when the client has had patience for so long. */
function leaveWaiting(outgoing: ServerResponse, hangMs: number): void {
  const cut = setTimeout(() => outgoing.destroy(), hangMs);
  outgoing.once("close", () => clearTimeout(cut));
}

function isKey(header: string | undefined, key: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(header ?? ""), digest(`Bearer ${key}`));
}

function keyOf({ headers }: IncomingMessage): string {
  const key = headers["idempotency-key"];
  if (typeof key === "string" && key.length > 0 && key.length <= 255) return key;
  throw invalid("an Idempotency-Key of 1 to 255 characters is needed");
}

async function bodyOf(incoming: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Refused(413, "too_large", "The body is too large.");
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through to the same answer as JSON that is no object.
  }
  throw invalid("the body must be a JSON object");
}

function captureRequest({ reference, amount, currency, card }: Record<string, unknown>): CaptureRequest {
  if (!isText(reference)) throw invalid("reference must be a text of 1 to 255 characters");
  if (!isAmount(amount)) throw invalid("amount must be a whole number of minor units above 0");
  if (typeof currency !== "string" || !/^[A-Z]{3}$/.test(currency))
    throw invalid("currency must look like USD");
  if (!isText(card)) throw invalid("card must be a token");
  return { reference, amount, currency, card };
}

function refundRequest({ capture, amount }: Record<string, unknown>): RefundRequest {
  if (!isText(capture)) throw invalid("capture must be the id of a capture");
  if (!isAmount(amount)) throw invalid("amount must be a whole number of minor units above 0");
  return { capture, amount };
}

function webhookRequest({ url, secret }: Record<string, unknown>): Webhook {
  if (typeof url !== "string" || !URL.canParse(url)) throw invalid("url must be a URL");
  if (!isText(secret)) throw invalid("secret must be a text of 1 to 255 characters");
  return { url, secret };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= 255;
}

function isAmount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function invalid(what: string): Refused {
  return new Refused(422, "invalid", `The request cannot be done: ${what}.`);
}
