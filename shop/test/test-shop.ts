import { randomUUID } from "node:crypto";
import { catalog } from "@shop/catalog";
import { ordering } from "@shop/ordering";
import type { InputOf } from "ashlar/contract";
import { type Actor, system } from "ashlar/module";
import { type TestApp, testApp } from "ashlar/testing";
import { authenticate, modules, settings } from "../hosts/monolith/shop.ts";

/** The four modules together on a database of their own, as the host composes them. */
export function testShop(): Promise<TestApp> {
  return testApp({ modules, settings, authenticate });
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
