import type { InputOf } from "ashlar/contract";
import type { billing, Invoice } from "../contract/index.ts";
import type { Total } from "./ledger.ts";

type Order = InputOf<typeof billing.issueInvoice>;

/** An invoice as it is read: its row, its lines, and the credit note that cancelled it, if any. */
export interface InvoiceRow {
  readonly id: string;
  readonly number: string;
  readonly order_id: string;
  readonly currency: string;
  readonly total_amount: number;
  readonly issued_at: Date;
  readonly lines: readonly {
    readonly description: string;
    readonly quantity: number;
    readonly unit_amount: number;
  }[];
  readonly credit_note_id: string | null;
  readonly credit_note_number: string | null;
  readonly is_paid: boolean;
}

/** What the order comes to. Prices include everything; nothing is rounded, since amounts are minor units. */
export function invoiceTotal({ currency, lines }: Pick<Order, "currency" | "lines">): Total {
  return {
    currency,
    amount: lines.reduce((sum, { quantity, unitAmount }) => sum + quantity * unitAmount, 0),
  };
}

/** The row as the contract shows it. An invoice is `open` until it is paid, and `credited` for good once it is cancelled. */
export function showInvoice(row: InvoiceRow): Invoice {
  const { currency } = row;
  return {
    id: row.id,
    number: row.number,
    orderId: row.order_id,
    state: row.credit_note_id !== null ? "credited" : row.is_paid ? "paid" : "open",
    lines: row.lines.map(({ description, quantity, unit_amount: unitAmount }) => ({
      description,
      quantity,
      unitPrice: { amount: unitAmount, currency },
      lineTotal: { amount: quantity * unitAmount, currency },
    })),
    total: { amount: row.total_amount, currency },
    issuedAt: row.issued_at.toISOString(),
    creditNote:
      row.credit_note_id === null || row.credit_note_number === null
        ? null
        : { id: row.credit_note_id, number: row.credit_note_number },
  };
}
