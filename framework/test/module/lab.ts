import {
  type AnyOperation,
  closed,
  command,
  contract,
  error,
  query,
  Type,
  view,
} from "../../src/contract/index.ts";
import {
  type CallMode,
  define,
  defineModule,
  type Handler,
  type Module,
  operationsOf,
  tables,
} from "../../src/module/index.ts";
import { type TestApp, testApp } from "../../src/testing/index.ts";

// Three modules in a row, orders -> stock -> ledger and orders -> ledger, on real tables. What their operations do is
// each test's own business: it hands over the use cases that it needs.

const nothing = closed({});
const text = closed({ text: Type.String() });

export const ledger = contract("ledger", {
  record: command({
    transaction: "joins",
    input: text,
    output: nothing,
    errors: { CLOSED: error("conflict", "The book is closed.") },
  }),
  count: query({ input: nothing, output: closed({ entries: Type.Integer() }) }),
});

export const stock = contract("stock", {
  reserve: command({
    transaction: "joins",
    input: closed({ sku: Type.String(), quantity: Type.Integer({ minimum: 1 }) }),
    output: closed({ left: Type.Integer() }),
    errors: {
      OUT_OF_STOCK: error("conflict", "There is not enough of it.", closed({ sku: Type.String() })),
      SUSPICIOUS: error("limited", "Noted.", undefined, { commits: true }),
    },
  }),
  restock: command({ transaction: "own", input: text, output: nothing }),
  find: query({
    input: closed({ sku: Type.String() }),
    output: closed({ quantity: Type.Integer() }),
    errors: { UNKNOWN_SKU: error("not_found", "There is no such thing.") },
  }),
  listing: view({ view: "listing", row: closed({ sku: Type.String(), quantity: Type.Integer() }) }),
});

export const orders = contract("orders", {
  place: command({
    transaction: "own",
    input: text,
    output: closed({ id: Type.String() }),
    errors: {
      SOLD_OUT: error("conflict", "It is sold out."),
      REFUSED: error("limited", "Refused, and noted.", undefined, { commits: true }),
    },
  }),
  annotate: command({ transaction: "joins", input: text, output: nothing }),
  list: query({ input: nothing, output: closed({ lines: Type.Array(Type.String()) }) }),
});

export const inLedger = define(ledger, {
  tables: tables<{ entries: { text: string } }>(),
});
export const inStock = define(stock, {
  uses: [ledger],
  tables: tables<{ items: { sku: string; quantity: number } }>(),
});
export const inOrders = define(orders, {
  uses: [stock, ledger],
  reads: [stock.listing],
  tables: tables<{ lines: { text: string } }>(),
});

let shared: { readonly calls: string; readonly shop: Promise<TestApp> }[] = [];
let current: readonly Handler[] = [];

/**
 * The three modules on a database without rows but the stock that its migration brings, with these use cases; the
 * others must not be called. One app and one database serve all tests of a file, one after the other.
 */
export async function lab(handlers: readonly Handler[], calls: CallMode = "direct"): Promise<TestApp> {
  let found = shared.find((known) => known.calls === calls);
  if (found === undefined) {
    found = {
      calls,
      shop: testApp({ calls, modules: labModules((operation) => handlerOf(current, operation)) }),
    };
    shared = [...shared, found];
  }
  const shop = await found.shop;
  await shop.adminQuery`
    with lines as (delete from orders.lines), entries as (delete from ledger.entries)
    insert into stock.items (sku, quantity) values ('bolt', 10), ('nut', 0)
    on conflict (sku) do update set quantity = excluded.quantity`;
  current = handlers;
  return shop;
}

/** The three modules for an app of their own. */
export function labWith(handlers: readonly Handler[]): Module[] {
  return labModules((operation) => handlerOf(handlers, operation));
}

function labModules(find: (operation: AnyOperation) => Handler): Module[] {
  return [inOrders, inStock, inLedger].map((definition) => {
    const bare = defineModule(definition, { handlers: [] });
    return {
      ...bare,
      migrations: new URL(`lab/${bare.name}/`, import.meta.url),
      handlers: operationsOf(bare).map((operation) => ({
        operation,
        run: (input, context) => find(operation).run(input, context),
      })),
    };
  });
}

function handlerOf(handlers: readonly Handler[], operation: AnyOperation): Handler {
  return (
    handlers.find((handler) => handler.operation === operation) ?? {
      operation,
      run: () => Promise.reject(new Error(`${operation.id} is not part of this test`)),
    }
  );
}
