import { closed, command, contract, error, query, type Static, Type } from "ashlar/contract";

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
  state: Type.Union([Type.Literal("open"), Type.Literal("credited")]),
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

/** Who owes what: invoices, credit notes and the double-entry ledger behind them. */
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

  /** Cancels the invoice of an order by a credit note of the same amount. Joins the caller's transaction. */
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
    errors: { INVOICE_NOT_FOUND: error("not_found", "You have no such invoice.") },
  }),
});
