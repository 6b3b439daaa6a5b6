// Ordering by itself: identity, catalog and billing are fakes that answer as their contracts say, and mails are kept.
import { randomUUID } from "node:crypto";
import { billing } from "@shop/billing";
import { catalog } from "@shop/catalog";
import { identity } from "@shop/identity";
import type { InputOf } from "ashlar/contract";
import type { Actor } from "ashlar/module";
import { fake, type TestApp, testApp } from "ashlar/testing";
import { ordering } from "../contract/index.ts";
import type { Mail } from "../src/mailer.ts";
import module from "../src/module.ts";

export const MALLET = { sku: "mallet", name: "Mallet", price_amount: 1999, currency: "USD", available: 7 };
export const CHISEL = { sku: "chisel", name: "Chisel", price_amount: 850, currency: "USD", available: 2 };
const MANY = Array.from({ length: 101 }, (_, index) => ({ ...CHISEL, sku: `nail-${index}` }));

export interface OrderingApp extends TestApp {
  /** What the other modules were asked for. */
  readonly calls: {
    readonly reserved: InputOf<typeof catalog.reserveStock>[];
    readonly released: string[];
    readonly invoiced: InputOf<typeof billing.issueInvoice>[];
    readonly credited: string[];
  };
  /** What the products cost when stock is reserved; as listed unless a test says so. */
  readonly pricesNow: Map<string, { amount: number; currency: string }>;
  readonly mails: Mail[];
  /** Addresses by account; everybody else has one made of their id, and null is an account that is gone. */
  readonly addresses: Map<string, string | null>;
  /** What the mailer does with a mail; takes it unless a test says otherwise. */
  post: (mail: Mail) => Promise<"sent" | "undeliverable">;
  /** An order whose invoice cannot be credited. */
  refuseCredit: string | null;
}

export async function orderingApp(): Promise<OrderingApp> {
  const calls: OrderingApp["calls"] = { reserved: [], released: [], invoiced: [], credited: [] };
  const pricesNow: OrderingApp["pricesNow"] = new Map();
  const addresses: OrderingApp["addresses"] = new Map();
  const mails: Mail[] = [];
  const started = await testApp({
    modules: [module],
    authenticate: async () => null,
    settings: { ordering: { unpaidMinutes: 30 } },
    adapters: { ordering: { mail: { send: (mail: Mail) => shop.post(mail) } } },
    fakes: [
      fake(identity, {
        findContact: async ({ accountId }) => {
          const email = addresses.get(accountId);
          return email === null ? null : { email: email ?? `${accountId}@example.org` };
        },
      }),
      fake(
        catalog,
        {
          reserveStock: async (input, { fail }) => {
            calls.reserved.push(input);
            const lines = input.lines.map(({ sku, quantity }) => {
              const product = [MALLET, CHISEL, ...MANY].find((each) => each.sku === sku);
              if (product === undefined) return fail("UNKNOWN_SKU", { sku });
              const { available } = product;
              if (quantity > available) fail("OUT_OF_STOCK", { sku, requested: quantity, available });
              const unitPrice = pricesNow.get(sku) ?? {
                amount: product.price_amount,
                currency: product.currency,
              };
              return { sku, name: product.name, quantity, unitPrice };
            });
            return { lines };
          },
          releaseStock: async ({ orderId }) => {
            calls.released.push(orderId);
            return { released: 1 };
          },
        },
        {
          views: {
            productListing: [
              MALLET,
              CHISEL,
              ...MANY,
              { ...MALLET, sku: "euro", currency: "EUR" },
              { ...MALLET, sku: "palace", price_amount: 1_000_000_000_000 },
              { ...MALLET, sku: "cathedral", price_amount: 1_000_000_000_000 },
            ],
          },
        },
      ),
      fake(billing, {
        issueInvoice: async (input) => {
          calls.invoiced.push(input);
          const amount = input.lines.reduce((sum, line) => sum + line.quantity * line.unitAmount, 0);
          const number = `INV-${String(calls.invoiced.length).padStart(6, "0")}`;
          return { id: randomUUID(), number, total: { amount, currency: input.currency } };
        },
        creditInvoice: async ({ orderId }, { fail }) => {
          if (shop.refuseCredit === orderId) return fail("ALREADY_CREDITED", { orderId });
          calls.credited.push(orderId);
          return { id: randomUUID(), number: "CRN-000001" };
        },
      }),
    ],
  });
  const shop: OrderingApp = {
    ...started,
    calls,
    pricesNow,
    mails,
    addresses,
    post: async (mail) => {
      mails.push(mail);
      return "sent";
    },
    refuseCredit: null,
  };
  return shop;
}

/** A new account, and what it can do. */
export function buyer({ app }: TestApp, id: string = randomUUID()) {
  const actor: Actor = { kind: "account", id, roles: ["customer"], scopes: null, session: null };
  return {
    id,
    put: (sku: string, quantity: number) => app.execute(ordering.setCartItem, { sku, quantity }, { actor }),
    remove: (sku: string) => app.execute(ordering.removeCartItem, { sku }, { actor }),
    cart: () => app.execute(ordering.getCart, {}, { actor }),
    place: () => app.execute(ordering.placeOrder, {}, { actor }),
    list: (input: InputOf<typeof ordering.listOrders>) => app.execute(ordering.listOrders, input, { actor }),
    show: (id: string) => app.execute(ordering.getOrder, { id }, { actor }),
    cancel: (id: string) => app.execute(ordering.cancelOrder, { id }, { actor }),
  };
}
