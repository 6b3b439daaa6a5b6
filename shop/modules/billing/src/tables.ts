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
    readonly document_kind: "invoice" | "credit_note";
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
}
