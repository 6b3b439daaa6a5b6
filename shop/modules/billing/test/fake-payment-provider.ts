import {
  type Capture,
  type CaptureRequest,
  type PaymentProvider,
  PaymentProviderError,
  type ProviderTransaction,
  type Refund,
  type RefundRequest,
} from "../src/payment-provider.ts";

/** A provider in memory whose misfortunes a test decides, by the card or from outside. */
export class FakePaymentProvider implements PaymentProvider {
  readonly #captures = new Map<string, Capture>();
  readonly #refunds = new Map<string, Refund>();
  readonly transactions: (ProviderTransaction & { readonly day: string })[] = [];
  /** What it was asked, in order: `capture <payment>`. */
  readonly asked: string[] = [];
  isDown = false;
  /** Done in the middle of a capture, when the money has moved and the answer has not. */
  afterCapture: () => Promise<void> = async () => {};
  today = () => new Date();

  /** Charges the card without anybody of ours having asked. */
  charge(request: Pick<CaptureRequest, "paymentId" | "amount" | "currency">): Capture {
    const capture: Capture = { state: "succeeded", id: `cap-${request.paymentId}` };
    this.#captures.set(request.paymentId, capture);
    this.add("capture", capture.id, request);
    return capture;
  }

  add(
    kind: ProviderTransaction["kind"],
    id: string,
    { paymentId, amount, currency }: Pick<CaptureRequest, "paymentId" | "amount" | "currency">,
  ): void {
    const day = this.today().toISOString().slice(0, 10);
    this.transactions.push({ id, kind, reference: paymentId, amount, currency, day });
  }

  async capture(request: CaptureRequest): Promise<Capture> {
    this.#ask(`capture ${request.paymentId}`);
    const earlier = this.#captures.get(request.paymentId);
    if (earlier !== undefined) return earlier;
    if (request.card === "card_declined") {
      const declined: Capture = {
        state: "declined",
        id: `cap-${request.paymentId}`,
        reason: "insufficient_funds",
      };
      this.#captures.set(request.paymentId, declined);
      return declined;
    }
    const capture = this.charge(request);
    await this.afterCapture();
    if (request.card === "card_timeout_after_capture") throw new PaymentProviderError("There was no answer.");
    return capture;
  }

  async findByReference(paymentId: string): Promise<Capture | null> {
    this.#ask(`find ${paymentId}`);
    return this.#captures.get(paymentId) ?? null;
  }

  async refund({ paymentId, amount }: RefundRequest): Promise<Refund> {
    this.#ask(`refund ${paymentId}`);
    const earlier = this.#refunds.get(paymentId);
    if (earlier !== undefined) return earlier;
    const refund = { id: `ref-${paymentId}` };
    this.#refunds.set(paymentId, refund);
    this.add("refund", refund.id, { paymentId, amount, currency: "USD" });
    return refund;
  }

  async listTransactions(day: string): Promise<readonly ProviderTransaction[]> {
    this.#ask(`list ${day}`);
    return this.transactions.filter((transaction) => transaction.day === day);
  }

  #ask(what: string): void {
    this.asked.push(what);
    if (this.isDown) throw new PaymentProviderError("The provider is down.");
  }
}
