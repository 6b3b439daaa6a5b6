import { closed, command, contract, error, event, query, type Static, Type } from "ashlar/contract";

const Sku = Type.String({ minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$" });
const Id = Type.String({ pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$" });
const Timestamp = Type.String({ description: "RFC 3339, UTC" });

/** Integer minor units (cents for USD) and an ISO 4217 code. */
export const Money = closed({
  amount: Type.Integer(),
  currency: Type.String({ pattern: "^[A-Z]{3}$" }),
});
export type Money = Static<typeof Money>;

export const Cart = closed({
  items: Type.Array(
    closed({
      sku: Sku,
      name: Type.String(),
      quantity: Type.Integer(),
      /** The price when the item was put into the cart: what the buyer agreed to. */
      unitPrice: Money,
      /** The price now; putting the item again takes it over. Null for a product that is no longer sold. */
      currentPrice: Type.Union([Money, Type.Null()]),
      available: Type.Integer(),
      lineTotal: Money,
    }),
  ),
  /** Null for an empty cart. */
  total: Type.Union([Money, Type.Null()]),
});
export type Cart = Static<typeof Cart>;

/**
 * `placed` waits for its payment; `paid` has it. `cancelled` and `expired` (not paid in time) hold no stock and owe
 * nothing; `refunded` is cancelled, with the money given back.
 */
export const OrderState = Type.Union([
  Type.Literal("placed"),
  Type.Literal("paid"),
  Type.Literal("cancelled"),
  Type.Literal("expired"),
  Type.Literal("refunded"),
]);
export type OrderState = Static<typeof OrderState>;

export const Order = closed({
  id: Id,
  state: OrderState,
  lines: Type.Array(
    closed({
      sku: Sku,
      name: Type.String(),
      quantity: Type.Integer(),
      unitPrice: Money,
      lineTotal: Money,
    }),
  ),
  total: Money,
  invoice: closed({ id: Id, number: Type.String() }),
  placedAt: Timestamp,
  /** Until when a placed order must be paid; null for one that is not waiting for that. */
  expiresAt: Type.Union([Timestamp, Type.Null()]),
  paidAt: Type.Union([Timestamp, Type.Null()]),
  cancelledAt: Type.Union([Timestamp, Type.Null()]),
  expiredAt: Type.Union([Timestamp, Type.Null()]),
  refundedAt: Type.Union([Timestamp, Type.Null()]),
});
export type Order = Static<typeof Order>;

/** What every event of an order tells. Its key is the order's id. */
const OrderEvent = closed({ orderId: Id, accountId: Id, total: Money });

const OrderNotFound = error("not_found", "You have no such order.");

/** From the cart to the order and its end. */
export const ordering = contract("ordering", {
  /** Puts a product into the cart, or changes its quantity, at the price of now. */
  setCartItem: command({
    transaction: "own",
    input: closed({ sku: Sku, quantity: Type.Integer({ minimum: 1, maximum: 999 }) }),
    output: Cart,
    errors: {
      UNKNOWN_SKU: error("not_found", "There is no such product.", closed({ sku: Sku })),
      CART_FULL: error("conflict", "A cart holds 100 different products. Order some of them first."),
      MIXED_CURRENCIES: error(
        "conflict",
        "A cart holds products of one currency. Order the others separately.",
      ),
      TOTAL_TOO_LARGE: error("conflict", "The cart comes to more than can be invoiced. Order in parts."),
    },
  }),

  /** Takes a product out of the cart. One that is not in it changes nothing. */
  removeCartItem: command({ transaction: "own", input: closed({ sku: Sku }), output: Cart }),

  getCart: query({ input: closed({}), output: Cart }),

  /**
   * Turns the cart into an order: stock reserved, order written, invoice issued and booked, cart emptied, all in
   * one transaction or not at all.
   */
  placeOrder: command({
    transaction: "own",
    input: closed({}),
    output: Order,
    errors: {
      CART_EMPTY: error("invalid", "The cart is empty. Put something into it first."),
      UNKNOWN_SKU: error(
        "conflict",
        "A product of the cart is no longer sold. Remove it from the cart.",
        closed({ sku: Sku }),
      ),
      OUT_OF_STOCK: error(
        "conflict",
        "A line asks for more than is available.",
        closed({ sku: Sku, requested: Type.Integer(), available: Type.Integer() }),
      ),
      PRICE_CHANGED: error(
        "conflict",
        "A price has changed since the product was put into the cart. Put it again to accept the new one.",
        closed({ changes: Type.Array(closed({ sku: Sku, agreed: Money, current: Money })) }),
      ),
    },
  }),

  /** The orders of the account, newest first. */
  listOrders: query({
    input: closed({
      cursor: Type.Optional(Type.String({ maxLength: 200 })),
      limit: Type.Integer({ minimum: 1, maximum: 100 }),
    }),
    output: closed({ items: Type.Array(Order), nextCursor: Type.Union([Type.String(), Type.Null()]) }),
    errors: { CURSOR_INVALID: error("invalid", "The cursor is not one that this list gave out.") },
  }),

  /** An order of somebody else is one that is not there. */
  getOrder: query({ input: closed({ id: Id }), output: Order, errors: { ORDER_NOT_FOUND: OrderNotFound } }),

  /**
   * Cancels an order: stock released and invoice credited in the same transaction. What was paid is given back
   * afterwards, and then the order is `refunded`.
   */
  cancelOrder: command({
    transaction: "own",
    input: closed({ id: Id }),
    output: Order,
    errors: {
      ORDER_NOT_FOUND: OrderNotFound,
      NOT_CANCELLABLE: error(
        "conflict",
        "The order can no longer be cancelled.",
        closed({ state: OrderState }),
      ),
    },
  }),

  orderPlaced: event({ version: 1, payload: OrderEvent }),
  orderPaid: event({ version: 1, payload: OrderEvent }),
  orderCancelled: event({ version: 1, payload: OrderEvent }),
  /** It was not paid in time: its stock is released and its invoice credited. */
  orderExpired: event({ version: 1, payload: OrderEvent }),
  /** The money of a cancelled order was given back. */
  orderRefunded: event({ version: 1, payload: OrderEvent }),
});
