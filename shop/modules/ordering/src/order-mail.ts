import { type Static, Type } from "ashlar/contract";
import type { Money } from "../contract/index.ts";
import type { PlacedOrder } from "./order.ts";

/** What a buyer is written about: each once for an order. */
export const Occasion = Type.Union([
  Type.Literal("placed"),
  Type.Literal("paid"),
  Type.Literal("cancelled"),
  Type.Literal("expired"),
  Type.Literal("refunded"),
]);
export type Occasion = Static<typeof Occasion>;

/** Subject and text of the mail: pure, so that what people read is tested by itself. */
export function orderMail(occasion: Occasion, order: PlacedOrder): { subject: string; text: string } {
  const { subject, news } = OCCASIONS[occasion](order);
  return {
    subject: `${subject} (${order.invoice.number})`,
    text: `${[
      "Hello,",
      news,
      [...order.lines.map((line) => lineText(line, order.currency)), `Total: ${totalText(order)}`].join("\n"),
      `Order ${order.id}, invoice ${order.invoice.number}`,
      "The Ashlar shop",
    ].join("\n\n")}\n`,
  };
}

const OCCASIONS: Readonly<Record<Occasion, (order: PlacedOrder) => { subject: string; news: string }>> = {
  placed: (order) => ({
    subject: "We have your order",
    news:
      order.expiresAt === null
        ? "thank you for your order. We ship it as soon as it is paid."
        : "thank you for your order. We ship it as soon as it is paid.\n" +
          `Please pay until ${timeText(order.expiresAt)}; after that we can no longer hold it for you.`,
  }),
  paid: () => ({ subject: "Your order is paid", news: "we have received your payment. Thank you." }),
  cancelled: (order) => ({
    subject: "Your order is cancelled",
    news:
      order.paidAt === null
        ? "your order is cancelled as you wished. You owe nothing."
        : "your order is cancelled as you wished. What you paid is on its way back to you.",
  }),
  expired: () => ({
    subject: "Your order has expired",
    news: "your order was not paid in time, so we could no longer hold it for you. You owe nothing.",
  }),
  refunded: (order) => ({
    subject: "You have your money back",
    news:
      order.state === "expired"
        ? `your payment came too late for your order, so we have given back ${totalText(order)}.`
        : `we have given back ${totalText(order)} for your cancelled order.`,
  }),
};

function lineText({ name, quantity, unitAmount }: PlacedOrder["lines"][number], currency: string): string {
  // A name is one line of text here whatever it is in the catalogue.
  const shown = name.replace(/\s+/g, " ");
  return `${quantity} x ${shown}: ${moneyText({ amount: quantity * unitAmount, currency })}`;
}

function totalText({ totalAmount, currency }: PlacedOrder): string {
  return moneyText({ amount: totalAmount, currency });
}

/** `USD 39.98`, `JPY 1200`: minor units as many digits behind the point as the currency has. */
function moneyText({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  const text = String(amount).padStart(digits + 1, "0");
  return digits === 0
    ? `${currency} ${text}`
    : `${currency} ${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
