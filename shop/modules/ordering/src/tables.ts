import type { OrderState } from "../contract/index.ts";
import type { Occasion } from "./order-mail.ts";

/** Row types of the module's tables. Amounts are integer minor units. */
export interface OrderingTables {
  readonly carts: { readonly account_id: string; readonly changed_at: Date };
  readonly cart_items: {
    readonly account_id: string;
    readonly sku: string;
    readonly quantity: number;
    readonly unit_amount: number;
    readonly currency: string;
    readonly added_at: Date;
  };
  readonly orders: {
    readonly id: string;
    readonly account_id: string;
    readonly state: OrderState;
    readonly currency: string;
    readonly total_amount: number;
    readonly invoice_id: string;
    readonly invoice_number: string;
    readonly placed_at: Date;
    readonly expires_at: Date | null;
    readonly paid_at: Date | null;
    readonly cancelled_at: Date | null;
    readonly expired_at: Date | null;
    readonly refunded_at: Date | null;
  };
  readonly order_lines: {
    readonly order_id: string;
    readonly position: number;
    readonly sku: string;
    readonly name: string;
    readonly quantity: number;
    readonly unit_amount: number;
  };
  readonly order_mails: {
    readonly order_id: string;
    readonly occasion: Occasion;
    readonly written_at: Date;
  };
}
