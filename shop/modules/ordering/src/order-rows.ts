import type { OrderState } from "../contract/index.ts";
import type { PlacedOrder } from "./order.ts";

/** An order as it is selected: its row, and its lines as one JSON array. */
export interface OrderRow {
  readonly id: string;
  readonly state: OrderState;
  readonly currency: string;
  readonly total_amount: number;
  readonly invoice_id: string;
  readonly invoice_number: string;
  readonly placed_at: Date;
  readonly cancelled_at: Date | null;
  readonly lines: readonly {
    readonly sku: string;
    readonly name: string;
    readonly quantity: number;
    readonly unit_amount: number;
  }[];
}

export function orderFrom(row: OrderRow): PlacedOrder {
  return {
    id: row.id,
    state: row.state,
    currency: row.currency,
    totalAmount: row.total_amount,
    lines: row.lines.map(({ sku, name, quantity, unit_amount }) => ({
      sku,
      name,
      quantity,
      unitAmount: unit_amount,
    })),
    invoice: { id: row.invoice_id, number: row.invoice_number },
    placedAt: row.placed_at,
    cancelledAt: row.cancelled_at,
  };
}
