import { closed, command, contract, error, event, query, type Static, Type } from "ashlar/contract";

const Id = Type.String({ pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$" });
const Timestamp = Type.String({ description: "RFC 3339, UTC" });

/** Integer minor units (cents for USD) and an ISO 4217 code. */
export const Money = closed({
  amount: Type.Integer(),
  currency: Type.String({ pattern: "^[A-Z]{3}$" }),
});
export type Money = Static<typeof Money>;

const DocumentReference = closed({ id: Id, number: Type.String() });

export const Invoice = closed({
  id: Id,
  /** Gapless within its series: INV-000001, INV-000002, ... */
  number: Type.String(),
  orderId: Id,
  /** Credited wins: a paid invoice that is cancelled is credited, and its payment goes back. */
  state: Type.Union([Type.Literal("open"), Type.Literal("paid"), Type.Literal("credited")]),
  lines: Type.Array(
    closed({
      description: Type.String(),
      quantity: Type.Integer(),
      unitPrice: Money,
      lineTotal: Money,
    }),
  ),
  total: Money,
  issuedAt: Timestamp,
  creditNote: Type.Union([DocumentReference, Type.Null()]),
});
export type Invoice = Static<typeof Invoice>;

export const PaymentState = Type.Union([
  Type.Literal("pending"),
  Type.Literal("captured"),
  Type.Literal("declined"),
  Type.Literal("cancelled"),
  Type.Literal("refund_due"),
  Type.Literal("refunded"),
]);
export type PaymentState = Static<typeof PaymentState>;

export const Payment = closed({
  id: Id,
  invoiceId: Id,
  orderId: Id,
  state: PaymentState,
  total: Money,
  /** The provider's word for it; null unless declined. */
  declineReason: Type.Union([Type.String(), Type.Null()]),
  createdAt: Timestamp,
  capturedAt: Type.Union([Timestamp, Type.Null()]),
  refundedAt: Type.Union([Timestamp, Type.Null()]),
});
export type Payment = Static<typeof Payment>;

/** Where provider, payments and ledger do not say the same about one day. */
export const ReconciliationDifference = closed({
  kind: Type.Union([
    Type.Literal("unknown_payment"),
    Type.Literal("capture_not_recorded"),
    Type.Literal("capture_not_at_provider"),
    Type.Literal("captured_twice"),
    Type.Literal("refund_not_recorded"),
    Type.Literal("refund_not_at_provider"),
    Type.Literal("amount_differs"),
    Type.Literal("ledger_differs"),
    Type.Literal("unfounded_entry"),
    Type.Literal("unresolved"),
    Type.Literal("credited_and_kept"),
  ]),
  /** The payment, or what the provider calls what we do not know. */
  reference: Type.String(),
  orderId: Type.Union([Id, Type.Null()]),
  /** What was to be expected, and what was there instead, in a form for people. */
  expected: Type.String(),
  found: Type.String(),
});
export type ReconciliationDifference = Static<typeof ReconciliationDifference>;

const Day = Type.String({
  pattern: "^2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
  description: "A day in UTC",
});
const InvoiceNotFound = error("not_found", "You have no such invoice.");

/** Who owes what and who paid: invoices, credit notes, payments and the double-entry ledger behind them. */
export const billing = contract("billing", {
  /**
   * Issues the invoice of one order under the next gapless number and books it.
   * Joins the caller's transaction: a rollback takes invoice and number back. The number's row stays locked until
   * that transaction ends, so call it last.
   */
  issueInvoice: command({
    transaction: "joins",
    input: closed({
      orderId: Id,
      accountId: Id,
      currency: Type.String({ pattern: "^[A-Z]{3}$" }),
      lines: Type.Array(
        closed({
          description: Type.String(),
          quantity: Type.Integer({ minimum: 1 }),
          unitAmount: Type.Integer({ minimum: 0 }),
        }),
        { minItems: 1 },
      ),
    }),
    output: closed({ id: Id, number: Type.String(), total: Money }),
    errors: { ALREADY_INVOICED: error("conflict", "The order has an invoice.", closed({ orderId: Id })) },
  }),

  /**
   * Cancels the invoice of an order by a credit note of the same amount. Joins the caller's transaction. A payment
   * that was captured is given back afterwards, by a job; one that is under way is stopped, or given back as well.
   */
  creditInvoice: command({
    transaction: "joins",
    input: closed({ orderId: Id }),
    output: DocumentReference,
    errors: {
      NOT_INVOICED: error("not_found", "The order has no invoice.", closed({ orderId: Id })),
      ALREADY_CREDITED: error("conflict", "The invoice was credited before.", closed({ orderId: Id })),
    },
  }),

  /** An invoice of somebody else is one that is not there; operators see all. */
  getInvoice: query({
    input: closed({ id: Id }),
    output: Invoice,
    errors: { INVOICE_NOT_FOUND: InvoiceNotFound },
  }),

  /**
   * Begins the payment of an invoice of one's own. The card is charged afterwards: `paymentCaptured` or
   * `paymentDeclined` tells how it went. After a decline the invoice can be paid again.
   */
  payInvoice: command({
    transaction: "own",
    input: closed({
      invoiceId: Id,
      /** The provider's token for a card. No number of a card may be in it. */
      card: Type.String({ minLength: 1, maxLength: 100, pattern: "^[A-Za-z][A-Za-z0-9_-]*$" }),
    }),
    output: Payment,
    errors: {
      INVOICE_NOT_FOUND: InvoiceNotFound,
      ALREADY_PAID: error("conflict", "The invoice is paid.", closed({ paymentId: Id })),
      PAYMENT_IN_PROGRESS: error(
        "conflict",
        "A payment of the invoice is under way.",
        closed({ paymentId: Id }),
      ),
      INVOICE_CREDITED: error("conflict", "The invoice is cancelled; there is nothing to pay."),
    },
  }),

  /** A payment of somebody else is one that is not there; operators see all. */
  getPayment: query({
    input: closed({ id: Id }),
    output: Payment,
    errors: { PAYMENT_NOT_FOUND: error("not_found", "You have no such payment.") },
  }),

  /**
   * Takes a notice of the payment provider. Notices come at least once and in any order: each takes effect once.
   * The signature says that it is the provider's and of these minutes, so anybody may call this.
   */
  receivePaymentNotice: command({
    transaction: "own",
    input: closed({
      /** As it arrived: the signature is over these very characters. */
      body: Type.String({ maxLength: 65_536 }),
      /** `t=<seconds of the epoch>,v1=<hexadecimal HMAC-SHA256>`, as in the header Payment-Signature. */
      signature: Type.String({ maxLength: 1_000 }),
    }),
    output: closed({
      outcome: Type.Union([
        Type.Literal("recorded"),
        /** What it tells was known. */
        Type.Literal("unchanged"),
        /** This very notice was taken before. */
        Type.Literal("repeated"),
        /** It is about no payment of ours. */
        Type.Literal("unknown"),
        /** It is of a kind that is not needed here. */
        Type.Literal("ignored"),
      ]),
    }),
    errors: {
      SIGNATURE_INVALID: error(
        "unauthenticated",
        "The signature is not that of the payment provider, or it is more than five minutes old.",
      ),
      NOTICE_INVALID: error(
        "invalid",
        "The notice is signed, but it is not what the payment provider sends.",
      ),
    },
  }),

  /** How the day was compared, and all that did not agree. `comparedAt` is null for a day that was not compared. */
  listReconciliationDifferences: query({
    input: closed({ day: Day }),
    output: closed({
      day: Day,
      comparedAt: Type.Union([Timestamp, Type.Null()]),
      /** Transactions of the provider on that day. */
      transactions: Type.Integer(),
      /** All there are; `items` holds the first 1,000. */
      differences: Type.Integer(),
      items: Type.Array(ReconciliationDifference),
    }),
    errors: { OPERATORS_ONLY: error("forbidden", "Only an operator may do this.") },
  }),

  /**
   * The card was charged; the key is the order's id. Money that came for an invoice that had been cancelled meanwhile
   * is given back without this: only `paymentRefunded` tells of it.
   */
  paymentCaptured: event({
    version: 1,
    payload: closed({ paymentId: Id, invoiceId: Id, orderId: Id, total: Money, capturedAt: Timestamp }),
  }),

  /** The card was refused; the key is the order's id. The invoice is open as before. */
  paymentDeclined: event({
    version: 1,
    payload: closed({
      paymentId: Id,
      invoiceId: Id,
      orderId: Id,
      reason: Type.String(),
      declinedAt: Timestamp,
    }),
  }),

  /** The money went back; the key is the order's id. */
  paymentRefunded: event({
    version: 1,
    payload: closed({ paymentId: Id, invoiceId: Id, orderId: Id, total: Money, refundedAt: Timestamp }),
  }),
});
