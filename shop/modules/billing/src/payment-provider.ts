/** What billing needs of a payment provider. The host gives it: see `ports` in definition.ts. */
export interface PaymentProvider {
  /**
   * Charges a card. Asked again with the same `paymentId`, it answers as the first time and charges nothing: whoever
   * got no answer may ask until there is one. Throws PaymentProviderError when there is none.
   */
  capture(request: CaptureRequest, signal: AbortSignal): Promise<Capture>;
  /** What became of a payment; null when the provider has never heard of it. One that succeeded goes before others. */
  findByReference(paymentId: string, signal: AbortSignal): Promise<Capture | null>;
  /** Gives a capture back, all of it. May be asked again, like `capture`. */
  refund(request: RefundRequest, signal: AbortSignal): Promise<Refund>;
  /** All money that moved on a day (UTC, 2026-03-01), both ways. */
  listTransactions(day: string, signal: AbortSignal): Promise<readonly ProviderTransaction[]>;
}

export interface BillingPorts {
  readonly payments: PaymentProvider;
}

export interface CaptureRequest {
  /** Also what the provider calls it in notices and lists. */
  readonly paymentId: string;
  /** Integer minor units. */
  readonly amount: number;
  readonly currency: string;
  readonly card: string;
}

export type Capture =
  | { readonly state: "succeeded"; readonly id: string }
  | { readonly state: "declined"; readonly id: string; readonly reason: string };

export interface RefundRequest {
  readonly paymentId: string;
  readonly captureId: string;
  readonly amount: number;
}

export interface Refund {
  readonly id: string;
}

export interface ProviderTransaction {
  readonly id: string;
  readonly kind: "capture" | "refund";
  /** The payment's id, if it is one of ours. */
  readonly reference: string;
  readonly amount: number;
  readonly currency: string;
}

/** The provider gave no answer, or none that can be used. What was asked may have been done nevertheless. */
export class PaymentProviderError extends Error {
  override readonly name = "PaymentProviderError";
  readonly code = "BILLING_PAYMENT_PROVIDER_FAILED";
}
