import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GREATEST_TOTAL, MOST_PRODUCTS, obstacleTo, showCart } from "../src/cart.ts";

const item = { quantity: 2, unitAmount: 500, currency: "USD" };
const empty = { products: 0, currency: null, total: 0 };

describe("a cart", () => {
  it("takes the first item, whatever its currency", () => {
    assert.equal(obstacleTo({ ...item, currency: "JPY" }, empty), null);
  });

  it("takes a hundred different products and no more", () => {
    const others = { currency: "USD", total: 0 };
    assert.equal(obstacleTo(item, { ...others, products: MOST_PRODUCTS - 1 }), null);
    assert.equal(obstacleTo(item, { ...others, products: MOST_PRODUCTS }), "CART_FULL");
  });

  it("keeps to one currency", () => {
    assert.equal(obstacleTo(item, { products: 1, currency: "EUR", total: 1 }), "MIXED_CURRENCIES");
  });

  it("stays below the sum that can be invoiced", () => {
    const others = { products: 1, currency: "USD" };
    assert.equal(obstacleTo(item, { ...others, total: GREATEST_TOTAL - 1000 }), null);
    assert.equal(obstacleTo(item, { ...others, total: GREATEST_TOTAL - 999 }), "TOTAL_TOO_LARGE");
  });

  it("shows an item that is no longer sold, so that it can be taken out", () => {
    const gone = {
      ...item,
      sku: "relic",
      name: null,
      currentAmount: null,
      currentCurrency: null,
      available: null,
    };
    assert.deepEqual(showCart([gone]), {
      items: [
        {
          sku: "relic",
          name: "relic",
          quantity: 2,
          unitPrice: { amount: 500, currency: "USD" },
          currentPrice: null,
          available: 0,
          lineTotal: { amount: 1000, currency: "USD" },
        },
      ],
      total: { amount: 1000, currency: "USD" },
    });
  });

  it("has no total when it is empty", () => {
    assert.deepEqual(showCart([]), { items: [], total: null });
  });
});
