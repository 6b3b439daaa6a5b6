import type { Cart } from "../contract/index.ts";

/**
 * The cart in pure form. Its rules are about all its items together: at most 100 different products, all of one
 * currency, and together of a sum that is exact everywhere, in JavaScript numbers and in the ledger.
 */
export const MOST_PRODUCTS = 100;
/** Minor units. A tenth of what a number holds exactly, so that sums of a few carts stay exact too. */
export const GREATEST_TOTAL = 900_000_000_000_000;

/** What the other items of a cart come to, when one is put in. */
export interface OtherItems {
  readonly products: number;
  /** Null when there are none. */
  readonly currency: string | null;
  readonly total: number;
}

export interface NewItem {
  readonly quantity: number;
  readonly unitAmount: number;
  readonly currency: string;
}

export interface CartItem extends NewItem {
  readonly sku: string;
  /** Null, like the price, for a product that is no longer sold. */
  readonly name: string | null;
  readonly currentAmount: number | null;
  readonly currentCurrency: string | null;
  readonly available: number | null;
}

/** Why the item may not be put in with the others; null when it may. */
export function obstacleTo(
  item: NewItem,
  others: OtherItems,
): "CART_FULL" | "MIXED_CURRENCIES" | "TOTAL_TOO_LARGE" | null {
  if (others.products >= MOST_PRODUCTS) return "CART_FULL";
  if (others.currency !== null && others.currency !== item.currency) return "MIXED_CURRENCIES";
  if (others.total + item.quantity * item.unitAmount > GREATEST_TOTAL) return "TOTAL_TOO_LARGE";
  return null;
}

export function showCart(items: readonly CartItem[]): Cart {
  const [first] = items;
  return {
    items: items.map((item) => ({
      sku: item.sku,
      name: item.name ?? item.sku,
      quantity: item.quantity,
      unitPrice: { amount: item.unitAmount, currency: item.currency },
      currentPrice:
        item.currentAmount === null || item.currentCurrency === null
          ? null
          : { amount: item.currentAmount, currency: item.currentCurrency },
      available: item.available ?? 0,
      lineTotal: { amount: item.quantity * item.unitAmount, currency: item.currency },
    })),
    total:
      first === undefined
        ? null
        : {
            amount: items.reduce((sum, { quantity, unitAmount }) => sum + quantity * unitAmount, 0),
            currency: first.currency,
          },
  };
}
