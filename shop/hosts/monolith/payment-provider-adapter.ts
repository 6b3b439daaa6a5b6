import { currentTraceparent } from "ashlar/module";
import {
  type Capture,
  type PaymentProvider,
  PaymentProviderError,
  type ProviderTransaction,
} from "../../modules/billing/src/module.ts";

export interface HttpPaymentProviderOptions {
  /** Where the provider is, without a path: https://payments.example. */
  readonly url: string;
  readonly key: string;
  /** An answer that takes longer is given up. Default 10,000. */
  readonly timeoutMs?: number;
}

interface CaptureBody {
  readonly id: string;
  readonly state: "succeeded" | "declined";
  readonly declineReason: string | null;
}

interface TransactionBody {
  readonly id: string;
  readonly reference: string;
  readonly amount: number;
  readonly currency: string;
  /** Only a refund has one. */
  readonly capture?: string;
}

/**
 * The payment provider over HTTP. A payment's id is its reference there and the key under which a request may be
 * repeated. Throws PaymentProviderError for everything but an answer.
 */
export function httpPaymentProvider(options: HttpPaymentProviderOptions): PaymentProvider {
  const { url, key, timeoutMs = 10_000 } = options;

  async function send<Body>(
    method: "GET" | "POST",
    path: string,
    signal: AbortSignal,
    request?: { readonly idempotencyKey: string; readonly body: object },
  ): Promise<Body> {
    const traceparent = currentTraceparent();
    try {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(traceparent === undefined ? {} : { traceparent }),
          ...(request === undefined
            ? {}
            : { "content-type": "application/json", "idempotency-key": request.idempotencyKey }),
        },
        ...(request === undefined ? {} : { body: JSON.stringify(request.body) }),
        // The key is for this address and for no other that it may point to.
        redirect: "error",
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      if (answer.ok) return (await answer.json()) as Body;
      throw new PaymentProviderError(
        `The payment provider answered ${method} ${path.replace(/\?.*/, "")} with ${answer.status}: ${(await answer.text()).slice(0, 500)}`,
      );
    } catch (error) {
      if (error instanceof PaymentProviderError) throw error;
      // Who asked us to stop wants to hear that, and not of a provider that did nothing wrong.
      if (signal.aborted) throw signal.reason;
      throw new PaymentProviderError(
        `The payment provider gave no answer to ${method} ${path.replace(/\?.*/, "")}. What was asked may be done all the same.`,
        { cause: error },
      );
    }
  }

  return {
    async capture({ paymentId, amount, currency, card }, signal) {
      const body = { reference: paymentId, amount, currency, card };
      return captureOf(
        await send<CaptureBody>("POST", "/v1/captures", signal, { idempotencyKey: paymentId, body }),
      );
    },

    async findByReference(paymentId, signal) {
      const path = `/v1/captures?reference=${encodeURIComponent(paymentId)}`;
      const { items } = await send<{ items: readonly CaptureBody[] }>("GET", path, signal);
      const found = items.find(({ state }) => state === "succeeded") ?? items[0];
      return found === undefined ? null : captureOf(found);
    },

    async refund({ paymentId, captureId, amount }, signal) {
      const body = { capture: captureId, amount };
      const { id } = await send<{ id: string }>("POST", "/v1/refunds", signal, {
        idempotencyKey: paymentId,
        body,
      });
      return { id };
    },

    async listTransactions(day, signal) {
      const found: ProviderTransaction[] = [];
      for (let after: string | null = ""; after !== null; ) {
        const path = `/v1/transactions?day=${day}${after === "" ? "" : `&after=${encodeURIComponent(after)}`}`;
        const page: { items: readonly TransactionBody[]; next: string | null } = await send(
          "GET",
          path,
          signal,
        );
        for (const { id, reference, amount, currency, capture } of page.items) {
          found.push({ id, kind: capture === undefined ? "capture" : "refund", reference, amount, currency });
        }
        after = page.next;
      }
      return found;
    },
  };
}

function captureOf({ id, state, declineReason }: CaptureBody): Capture {
  return state === "succeeded"
    ? { state, id }
    : { state: "declined", id, reason: declineReason ?? "unknown" };
}
