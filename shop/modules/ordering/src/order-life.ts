import type { OrderState } from "../contract/index.ts";

/**
 * The life of an order:
 *
 *     (cart) --placeOrder--> placed --paid--> paid --cancelled--> cancelled --refunded--> refunded
 *                              |                                      ^
 *                              +--cancelled---------------------------+
 *                              +--expired--> expired
 *
 * - placed: its stock is reserved, its invoice open, and it waits for its payment.
 * - paid: the payment is captured.
 * - cancelled: its stock is released and its invoice credited. What was paid is on its way back.
 * - expired: not paid in time; stock released, invoice credited. Final.
 * - refunded: cancelled, and the money is back. Final.
 *
 * What is no arrow changes nothing. So it does not matter how often something is told, and a payment that comes too
 * late for its order leaves it as it is; billing gives that money back.
 */
const NEXT_STATES: Readonly<Record<OrderState, Readonly<Partial<Record<Happening, OrderState>>>>> = {
  placed: { paid: "paid", cancelled: "cancelled", expired: "expired" },
  paid: { cancelled: "cancelled" },
  // Also of one that was never paid while it was open: money that came too late has come and gone.
  cancelled: { refunded: "refunded" },
  expired: {},
  refunded: {},
};

/** What can happen to an order that was placed. */
export type Happening = "paid" | "cancelled" | "expired" | "refunded";

/** Where an order stands, and since when. */
export interface OrderLife {
  readonly state: OrderState;
  readonly placedAt: Date;
  /** Null for one that was placed before orders had to be paid in time. */
  readonly expiresAt: Date | null;
  readonly paidAt: Date | null;
  readonly cancelledAt: Date | null;
  readonly expiredAt: Date | null;
  readonly refundedAt: Date | null;
}

/** The order after this has happened to it, or null when it changes nothing for an order in its state. */
export function after<Order extends OrderLife>(order: Order, happening: Happening, at: Date): Order | null {
  const state = NEXT_STATES[order.state][happening];
  return state === undefined ? null : { ...order, state, [TIME_OF[happening]]: at };
}

const TIME_OF = {
  paid: "paidAt",
  cancelled: "cancelledAt",
  expired: "expiredAt",
  refunded: "refundedAt",
} as const satisfies Readonly<Record<Happening, keyof OrderLife>>;
