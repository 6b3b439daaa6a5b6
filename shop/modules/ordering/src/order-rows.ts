import type { Sql } from "ashlar/module";
import type { Money, OrderState } from "../contract/index.ts";
import type { PlacedOrder } from "./order.ts";
import type { OrderLife } from "./order-life.ts";

interface LifeRow {
  readonly id: string;
  readonly state: OrderState;
  readonly placed_at: Date;
  readonly expires_at: Date | null;
  readonly paid_at: Date | null;
  readonly cancelled_at: Date | null;
  readonly expired_at: Date | null;
  readonly refunded_at: Date | null;
}

/** An order as it is selected: its row, and its lines as one JSON array. */
export interface OrderRow extends LifeRow {
  readonly account_id: string;
  readonly currency: string;
  readonly total_amount: number;
  readonly invoice_id: string;
  readonly invoice_number: string;
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
    ...lifeFrom(row),
    currency: row.currency,
    totalAmount: row.total_amount,
    lines: row.lines.map(({ sku, name, quantity, unit_amount }) => ({
      sku,
      name,
      quantity,
      unitAmount: unit_amount,
    })),
    invoice: { id: row.invoice_id, number: row.invoice_number },
  };
}

/** An order without its lines: as much as what happens to it needs. */
export interface OrderCore extends OrderLife {
  readonly id: string;
  readonly accountId: string;
  readonly total: Money;
}

/**
 * Holds the order's row to the end of the transaction, so that of two things that happen at once the second sees what
 * the first has left. Null when there is no such order.
 */
export async function lockOrder(sql: Sql, id: string): Promise<OrderCore | null> {
  const [row] = await sql<CoreRow>`
    select id, account_id, state, currency, total_amount, placed_at, expires_at, paid_at, cancelled_at, expired_at,
      refunded_at
    from ordering.orders where id = ${id}
    for update`;
  return row === undefined ? null : coreFrom(row);
}

/** The same for an order whose time to be paid is over; null also for one that somebody else holds. */
export async function lockOverdueOrder(sql: Sql, id: string): Promise<OrderCore | null> {
  const [row] = await sql<CoreRow>`
    select id, account_id, state, currency, total_amount, placed_at, expires_at, paid_at, cancelled_at, expired_at,
      refunded_at
    from ordering.orders where id = ${id} and expires_at <= now()
    for update skip locked`;
  return row === undefined ? null : coreFrom(row);
}

/** Writes where the order stands; nothing else of an order ever changes. */
export async function saveLife(sql: Sql, order: OrderLife & { readonly id: string }): Promise<void> {
  await sql`
    update ordering.orders
    set state = ${order.state}, paid_at = ${order.paidAt}, cancelled_at = ${order.cancelledAt},
      expired_at = ${order.expiredAt}, refunded_at = ${order.refundedAt}
    where id = ${order.id}`;
}

type CoreRow = LifeRow & Pick<OrderRow, "account_id" | "currency" | "total_amount">;

function coreFrom(row: CoreRow): OrderCore {
  return {
    id: row.id,
    accountId: row.account_id,
    ...lifeFrom(row),
    total: { amount: row.total_amount, currency: row.currency },
  };
}

function lifeFrom(row: LifeRow): OrderLife {
  return {
    state: row.state,
    placedAt: row.placed_at,
    expiresAt: row.expires_at,
    paidAt: row.paid_at,
    cancelledAt: row.cancelled_at,
    expiredAt: row.expired_at,
    refundedAt: row.refunded_at,
  };
}
