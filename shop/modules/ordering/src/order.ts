import type { Money, Order, OrderState } from "../contract/index.ts";

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

export interface PlacedOrder {
  readonly id: string;
  readonly state: OrderState;
  readonly currency: string;
  readonly totalAmount: number;
  readonly lines: readonly OrderLine[];
  readonly invoice: { readonly id: string; readonly number: string };
  readonly placedAt: Date;
  readonly cancelledAt: Date | null;
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

/**
 * The life of an order:
 *
 *     (cart) --placeOrder--> placed --cancelOrder--> cancelled
 *
 * - placed: its stock is reserved and its invoice open.
 * - cancelled: its stock is released and its invoice credited. Final.
 *
 * Each arrow is one transaction over ordering, catalog and billing.
 */
const NEXT_STATES: Readonly<Record<OrderState, readonly OrderState[]>> = {
  placed: ["cancelled"],
  cancelled: [],
};

/** The order after its cancellation, or null when its state does not allow one. */
export function cancelled(order: PlacedOrder, at: Date): PlacedOrder | null {
  return NEXT_STATES[order.state].includes("cancelled")
    ? { ...order, state: "cancelled", cancelledAt: at }
    : null;
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
    cancelledAt: order.cancelledAt?.toISOString() ?? null,
  };
}
