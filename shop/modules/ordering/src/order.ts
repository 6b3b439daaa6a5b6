import type { Money, Order } from "../contract/index.ts";
import type { OrderLife } from "./order-life.ts";

/** An item as the buyer agreed to it. */
export interface AgreedItem {
  readonly sku: string;
  readonly quantity: number;
  readonly unitAmount: number;
  readonly currency: string;
}

/** An item as it can be had now. */
export interface OfferedItem {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPrice: Money;
}

export interface OrderLine {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  /** Integer minor units of the order's currency. */
  readonly unitAmount: number;
}

export interface PlacedOrder extends OrderLife {
  readonly id: string;
  readonly currency: string;
  readonly totalAmount: number;
  readonly lines: readonly OrderLine[];
  readonly invoice: { readonly id: string; readonly number: string };
}

export interface PriceChange {
  readonly sku: string;
  readonly agreed: Money;
  readonly current: Money;
}

/** Every item whose price is no longer the one agreed to. An item without an offer is an error in the offer. */
export function priceChanges(agreed: readonly AgreedItem[], offered: readonly OfferedItem[]): PriceChange[] {
  return agreed.flatMap(({ sku, unitAmount, currency }) => {
    const current = offerFor(sku, offered).unitPrice;
    return current.amount === unitAmount && current.currency === currency
      ? []
      : [{ sku, agreed: { amount: unitAmount, currency }, current }];
  });
}

/** The lines of the order, in the order in which the buyer put them into the cart. */
export function linesOf(agreed: readonly AgreedItem[], offered: readonly OfferedItem[]): OrderLine[] {
  return agreed.map(({ sku, quantity, unitAmount }) => ({
    sku,
    name: offerFor(sku, offered).name,
    quantity,
    unitAmount,
  }));
}

function offerFor(sku: string, offered: readonly OfferedItem[]): OfferedItem {
  const offer = offered.find((item) => item.sku === sku);
  if (offer === undefined)
    throw new TypeError(`Stock was reserved, but not for ${sku}, which was asked for.`);
  return offer;
}

export function totalOf(lines: readonly OrderLine[]): number {
  return lines.reduce((sum, { quantity, unitAmount }) => sum + quantity * unitAmount, 0);
}

export function showOrder(order: PlacedOrder): Order {
  const { currency } = order;
  return {
    id: order.id,
    state: order.state,
    lines: order.lines.map(({ sku, name, quantity, unitAmount }) => ({
      sku,
      name,
      quantity,
      unitPrice: { amount: unitAmount, currency },
      lineTotal: { amount: quantity * unitAmount, currency },
    })),
    total: { amount: order.totalAmount, currency },
    invoice: order.invoice,
    placedAt: order.placedAt.toISOString(),
    expiresAt: order.state === "placed" ? (order.expiresAt?.toISOString() ?? null) : null,
    paidAt: order.paidAt?.toISOString() ?? null,
    cancelledAt: order.cancelledAt?.toISOString() ?? null,
    expiredAt: order.expiredAt?.toISOString() ?? null,
    refundedAt: order.refundedAt?.toISOString() ?? null,
  };
}
