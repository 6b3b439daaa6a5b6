import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Times } from "../configuration.ts";
import { pause } from "../pause.ts";
import { type PaymentProviderProcess, startPaymentProvider } from "../start.ts";
import type { Capture, Refund } from "../transaction.ts";

/** Everything that takes time, short enough for a test. */
export const QUICK: Times = { slowMs: 200, hangMs: 200, settleMs: 1, retryMs: 1, retryMaxMs: 20 };

interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of any shape
  readonly body: any;
}

/** A provider with a state file of its own, and the requests that tests send it. */
export async function testProvider(times: Partial<Times> = {}) {
  const directory = mkdtempSync(join(tmpdir(), "payment-provider-"));
  const stateFile = join(directory, "state.ndjson");
  const start = () => startPaymentProvider({ key: "test-key", stateFile, times: { ...QUICK, ...times } });
  let process: PaymentProviderProcess = await start();

  async function send(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
    const answer = await fetch(`${process.url}${path}`, {
      method,
      headers: { authorization: "Bearer test-key", "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? null : JSON.parse(text) } as Reply;
  }

  return {
    stateFile,
    send,
    get process() {
      return process;
    },
    capture(card: string, parts: { reference?: string; key?: string; amount?: number } = {}) {
      const { reference = randomUUID(), key = reference, amount = 4999 } = parts;
      const request = { reference, amount, currency: "USD", card };
      return send("POST", "/v1/captures", request, { "idempotency-key": key });
    },
    refund(capture: Capture, amount = capture.amount, key: string = randomUUID()) {
      return send("POST", "/v1/refunds", { capture: capture.id, amount }, { "idempotency-key": key });
    },
    async transactions(day: string): Promise<(Capture | Refund)[]> {
      return (await send("GET", `/v1/transactions?day=${day}`)).body.items;
    },
    /** Resolves when a text is in the state file, which is written after what it tells of. */
    async written(text: string): Promise<void> {
      while (!readFileSync(stateFile, "utf8").includes(text)) await pause(1, AbortSignal.timeout(5_000));
    },
    async restart(signal: "SIGTERM" | "SIGKILL" = "SIGTERM", between: () => void = () => {}): Promise<void> {
      await process.stop(signal);
      between();
      process = await start();
    },
    async close(): Promise<void> {
      await process.stop();
      rmSync(directory, { recursive: true });
    },
  };
}
