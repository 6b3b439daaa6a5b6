import type { Times } from "./configuration.ts";
import { pause } from "./pause.ts";
import { signatureOf } from "./signature.ts";
import type { Notice, NoticeSeries } from "./transaction.ts";
import type { Transactions } from "./transactions.ts";

const ANSWER_TIMEOUT_MS = 10_000;

/**
 * Sends notices to the webhook until each is answered with 2xx, with growing pauses, also across restarts: at least
 * once. Each attempt is signed anew, with its own time.
 */
export class Webhooks {
  readonly #transactions: Transactions;
  readonly #times: Times;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #whenSet = Promise.withResolvers<void>();

  constructor(transactions: Transactions, times: Times) {
    this.#transactions = transactions;
    this.#times = times;
    transactions.onNotices = (series) => this.#begin(series);
    for (const series of transactions.unaccepted) this.#begin(series);
  }

  /** To be called when the webhook was set: notices that had nowhere to go are sent now. */
  resume(): void {
    this.#whenSet.resolve();
    this.#whenSet = Promise.withResolvers<void>();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.resume();
    await Promise.all(this.#running);
  }

  #begin(series: NoticeSeries): void {
    const running = this.#sendAll(series).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #sendAll({ notices, isRepeated }: NoticeSeries): Promise<void> {
    try {
      for (const [index, notice] of notices.entries()) {
        if (index > 0 && notice.type === "capture.settled") {
          await pause(this.#times.settleMs, this.#stopping.signal);
        }
        await Promise.all(Array.from({ length: isRepeated ? 2 : 1 }, () => this.#sendUntilAccepted(notice)));
        await this.#transactions.accepted(notice.id);
      }
    } catch (error) {
      // What was not accepted is sent again after the restart.
      if (!this.#stopping.signal.aborted) console.error("A notice cannot be sent:", error);
    }
  }

  async #sendUntilAccepted(notice: Notice): Promise<void> {
    for (let attempt = 0; !(await this.#send(notice)); attempt++) {
      const ms = Math.min(this.#times.retryMs * 2 ** attempt, this.#times.retryMaxMs);
      await pause(ms, this.#stopping.signal);
    }
  }

  async #send(notice: Notice): Promise<boolean> {
    while (this.#transactions.webhook === null && !this.#stopping.signal.aborted) await this.#whenSet.promise;
    this.#stopping.signal.throwIfAborted();
    const { url, secret } = this.#transactions.webhook!;
    const body = JSON.stringify(notice);
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "payment-signature": signatureOf(secret, Math.floor(Date.now() / 1000), body),
        },
        body,
        redirect: "error",
        signal: AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
      });
      await answer.body?.cancel();
      return answer.ok;
    } catch {
      // Nobody there, or no answer: the same as a refusal, tried again later.
      return false;
    }
  }
}
