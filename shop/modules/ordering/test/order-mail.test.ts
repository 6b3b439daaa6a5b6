import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PlacedOrder } from "../src/order.ts";
import { type Occasion, orderMail } from "../src/order-mail.ts";

const order: PlacedOrder = {
  id: "01890000-0000-7000-8000-000000000001",
  state: "placed",
  currency: "EUR",
  totalAmount: 4848,
  lines: [
    { sku: "mallet", name: "Bücherregal „Größe“", quantity: 2, unitAmount: 1999 },
    { sku: "chisel", name: "Chisel\r\nBcc: everybody@example.com", quantity: 1, unitAmount: 850 },
  ],
  invoice: { id: "01890000-0000-7000-8000-000000000002", number: "INV-000001" },
  placedAt: new Date("2026-11-21T10:00:00Z"),
  expiresAt: new Date("2026-11-21T10:30:00Z"),
  paidAt: null,
  cancelledAt: null,
  expiredAt: null,
  refundedAt: null,
};

describe("the mail about an order", () => {
  it("says what was ordered, what it costs and until when it must be paid", () => {
    assert.deepEqual(orderMail("placed", order), {
      subject: "We have your order (INV-000001)",
      text: `Hello,

thank you for your order. We ship it as soon as it is paid.
Please pay until 2026-11-21 10:30 UTC; after that we can no longer hold it for you.

2 x Bücherregal „Größe“: EUR 39.98
1 x Chisel Bcc: everybody@example.com: EUR 8.50
Total: EUR 48.48

Order 01890000-0000-7000-8000-000000000001, invoice INV-000001

The Ashlar shop
`,
    });
  });

  it("promises money back only to those who have paid", () => {
    assert.match(orderMail("cancelled", order).text, /You owe nothing/);
    assert.match(orderMail("cancelled", { ...order, paidAt: new Date() }).text, /on its way back/);
  });

  it("writes amounts with the digits of their currency", () => {
    const total = (currency: string, totalAmount: number) =>
      /Total: (.*)/.exec(orderMail("paid", { ...order, currency, totalAmount, lines: [] }).text)?.[1];
    assert.equal(total("USD", 5), "USD 0.05");
    assert.equal(total("JPY", 1200), "JPY 1200");
    assert.equal(total("KWD", 1200), "KWD 1.200");
    assert.equal(total("USD", 900_000_000_000_001), "USD 9000000000000.01");
  });

  it("has a subject of its own for each occasion", () => {
    const occasions: Occasion[] = ["placed", "paid", "cancelled", "expired", "refunded"];
    assert.equal(new Set(occasions.map((each) => orderMail(each, order).subject)).size, 5);
    assert.match(orderMail("refunded", order).text, /given back EUR 48\.48 for your cancelled/);
    assert.match(
      orderMail("refunded", { ...order, state: "expired" }).text,
      /too late.*given back EUR 48\.48/,
    );
  });
});
