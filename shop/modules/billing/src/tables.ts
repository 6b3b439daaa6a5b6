import type { PaymentState, ReconciliationDifference } from "../contract/index.ts";
import type { LedgerAccount } from "./ledger.ts";

/** Row types of the module's tables. Amounts are integer minor units. */
export interface BillingTables {
  readonly number_series: { readonly series: "invoice" | "credit_note"; readonly last_number: number };
  readonly invoices: {
    readonly id: string;
    readonly sequence: number;
    readonly number: string;
    readonly order_id: string;
    readonly account_id: string;
    readonly currency: string;
    readonly total_amount: number;
    readonly issued_at: Date;
  };
  readonly invoice_lines: {
    readonly invoice_id: string;
    readonly position: number;
    readonly description: string;
    readonly quantity: number;
    readonly unit_amount: number;
  };
  readonly credit_notes: {
    readonly id: string;
    readonly sequence: number;
    readonly number: string;
    readonly invoice_id: string;
    readonly issued_at: Date;
  };
  readonly journal_entries: {
    readonly id: string;
    readonly document_kind: "invoice" | "credit_note" | "payment" | "refund";
    readonly document_id: string;
    readonly booked_at: Date;
  };
  readonly postings: {
    readonly entry_id: string;
    readonly position: number;
    readonly account: LedgerAccount;
    readonly currency: string;
    readonly amount: number;
  };
  readonly payments: {
    readonly id: string;
    readonly invoice_id: string;
    readonly state: PaymentState;
    readonly currency: string;
    readonly amount: number;
    readonly card: string | null;
    readonly capture_id: string | null;
    readonly refund_id: string | null;
    readonly decline_reason: string | null;
    readonly created_at: Date;
    readonly captured_at: Date | null;
    readonly declined_at: Date | null;
    readonly refunded_at: Date | null;
  };
  readonly payment_notices: {
    readonly id: string;
    readonly payment_id: string;
    readonly kind: string;
    readonly received_at: Date;
  };
  readonly reconciliations: {
    readonly day: string;
    readonly compared_at: Date;
    readonly transactions: number;
  };
  readonly reconciliation_differences: {
    readonly day: string;
    readonly position: number;
    readonly kind: ReconciliationDifference["kind"];
    readonly reference: string;
    readonly order_id: string | null;
    readonly expected: string;
    readonly found: string;
  };
}
