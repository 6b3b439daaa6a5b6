import { randomUUID } from "node:crypto";
import { catalog } from "@shop/catalog";
import { ordering } from "@shop/ordering";
import type { InputOf } from "ashlar/contract";
import { type Actor, system } from "ashlar/module";
import { type TestApp, testApp } from "ashlar/testing";
import { type Outside, partsOf } from "../hosts/monolith/shop.ts";
import type { Mail } from "../modules/ordering/src/module.ts";

/** What a test signs its notices with. */
export const NOTICE_SECRET = "the secret of the notices";

/** The shop in a test, with the mails that it has sent. */
export interface TestShop extends TestApp {
  readonly mails: readonly Mail[];
}

/** Nobody listens there: for shops that take no payments, though they take notices. */
const NO_PROVIDER = { url: "http://127.0.0.1:9", key: "none", webhookSecret: NOTICE_SECRET };

/** The four modules together on a database of their own, as the host composes them. */
export async function testShop(payments: Outside["payments"] = NO_PROVIDER): Promise<TestShop> {
  const mails: Mail[] = [];
  const mailer: Outside["mailer"] = {
    async send(mail) {
      mails.push(mail);
      return "sent";
    },
  };
  return { ...(await testApp(partsOf({ payments, mailer, unpaidMinutes: 30 }))), mails };
}

export async function stock(
  { app }: TestApp,
  products: Readonly<Record<string, { price: number; stock: number }>>,
): Promise<void> {
  const rows = Object.entries(products).map(([sku, { price, stock }], index) => ({
    line: index + 1,
    row: { sku, name: `The ${sku}`, price, stock },
  }));
  const report = await app.execute(catalog.importProducts, { rows }, { actor: system("test") });
  if (report.rejected > 0) throw new Error(JSON.stringify(report.rejections));
}

/** An account that nothing is known of but its id, and what it can do. */
export function buyer({ app }: TestApp) {
  const id = randomUUID();
  const actor: Actor = { kind: "account", id, roles: ["customer"], scopes: null, session: null };
  return {
    id,
    actor,
    put: (sku: string, quantity: number) => app.execute(ordering.setCartItem, { sku, quantity }, { actor }),
    cart: () => app.execute(ordering.getCart, {}, { actor }),
    place: () => app.execute(ordering.placeOrder, {}, { actor }),
    list: (input: InputOf<typeof ordering.listOrders>) => app.execute(ordering.listOrders, input, { actor }),
    show: (id: string) => app.execute(ordering.getOrder, { id }, { actor }),
    cancel: (id: string) => app.execute(ordering.cancelOrder, { id }, { actor }),
  };
}

/** Runs all at once and tells the results from the error codes. */
export async function outcomes<T>(
  works: readonly Promise<T>[],
): Promise<{ readonly done: T[]; readonly codes: (string | undefined)[] }> {
  const settled = await Promise.allSettled(works);
  return {
    done: settled.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : [])),
    codes: settled.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.code] : [])),
  };
}
