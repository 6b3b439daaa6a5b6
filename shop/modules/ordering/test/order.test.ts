import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { linesOf, type PlacedOrder, priceChanges, showOrder, totalOf } from "../src/order.ts";

const usd = (amount: number) => ({ amount, currency: "USD" });
const agreed = [
  { sku: "mallet", quantity: 2, unitAmount: 1999, currency: "USD" },
  { sku: "chisel", quantity: 1, unitAmount: 850, currency: "USD" },
];
const offered = [
  { sku: "chisel", name: "Chisel", quantity: 1, unitPrice: usd(850) },
  { sku: "mallet", name: "Mallet", quantity: 2, unitPrice: usd(1999) },
];
const order: PlacedOrder = {
  id: "01890000-0000-7000-8000-000000000001",
  state: "placed",
  currency: "USD",
  totalAmount: 4848,
  lines: linesOf(agreed, offered),
  invoice: { id: "01890000-0000-7000-8000-000000000002", number: "INV-000001" },
  placedAt: new Date("2026-11-21T10:00:00Z"),
  expiresAt: new Date("2026-11-21T10:30:00Z"),
  paidAt: null,
  cancelledAt: null,
  expiredAt: null,
  refundedAt: null,
};

describe("an order", () => {
  it("has the lines of the cart in the cart's order, under the names of now", () => {
    assert.deepEqual(order.lines, [
      { sku: "mallet", name: "Mallet", quantity: 2, unitAmount: 1999 },
      { sku: "chisel", name: "Chisel", quantity: 1, unitAmount: 850 },
    ]);
    assert.equal(totalOf(order.lines), 4848);
  });

  it("finds no change when the prices are those agreed to", () => {
    assert.deepEqual(priceChanges(agreed, offered), []);
  });

  it("lists every changed price, cheaper ones and other currencies too", () => {
    const current = [
      { ...offered[0]!, unitPrice: usd(800) },
      { ...offered[1]!, unitPrice: { amount: 1999, currency: "EUR" } },
    ];
    assert.deepEqual(priceChanges(agreed, current), [
      { sku: "mallet", agreed: usd(1999), current: { amount: 1999, currency: "EUR" } },
      { sku: "chisel", agreed: usd(850), current: usd(800) },
    ]);
  });

  it("does not pass over an item that was asked for and not offered", () => {
    assert.throws(() => priceChanges(agreed, offered.slice(1)), /not for chisel/);
  });

  it("tells until when it must be paid, as long as it must", () => {
    assert.equal(showOrder(order).expiresAt, "2026-11-21T10:30:00.000Z");
    assert.equal(showOrder({ ...order, state: "paid", paidAt: new Date() }).expiresAt, null);
  });

  it("shows the sum of each line", () => {
    assert.deepEqual(
      showOrder(order).lines.map(({ lineTotal }) => lineTotal),
      [usd(3998), usd(850)],
    );
  });
});
