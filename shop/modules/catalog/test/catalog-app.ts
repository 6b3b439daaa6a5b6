import assert from "node:assert/strict";
import { type AnyOperation, type InputOf, type OutputOf, validator } from "ashlar/contract";
import { type TestApp, testApp } from "ashlar/testing";
import { catalog, type ImportReport } from "../contract/index.ts";
import module from "../src/module.ts";

export interface CatalogApp extends TestApp {
  /** Runs an operation and holds its answer against the contract. */
  run<Op extends AnyOperation>(operation: Op, input: InputOf<Op>): Promise<OutputOf<Op>>;
  /** Imports rows as one batch, with lines from 1. */
  importRows(...rows: unknown[]): Promise<ImportReport>;
  /** On the shelf and promised, by SKU, and whether each promise has its reservations. */
  stockOf(sku: string): Promise<{ onHand: number; reserved: number }>;
  /** Throws unless every stock is at least what is reserved of it, and that the sum of its reservations. */
  checkInvariants(): Promise<void>;
}

export async function catalogApp(): Promise<CatalogApp> {
  // The edge asks it for tokens; nothing here comes in by the edge.
  const test = await testApp({ modules: [module], authenticate: async () => null });
  const run: CatalogApp["run"] = async (operation, input) => {
    const output = await test.app.execute(operation, input);
    assert.deepEqual(validator(operation.output).violations(output), []);
    return output;
  };
  return {
    ...test,
    run,
    importRows: (...rows) =>
      run(catalog.importProducts, { rows: rows.map((row, index) => ({ line: index + 1, row })) }),
    async stockOf(sku) {
      const [stock] = await test.adminQuery<{ onHand: number; reserved: number }>`
        select on_hand as "onHand", reserved from catalog.stock where sku = ${sku}`;
      assert.ok(stock, `${sku} has stock`);
      return stock;
    },
    async checkInvariants() {
      const broken = await test.adminQuery`
        select stock.sku, on_hand, reserved, coalesce(promised, 0) as promised
          from catalog.stock
          left join (select sku, sum(quantity) as promised from catalog.reservations group by sku) as promises
            on promises.sku = stock.sku
         where on_hand < reserved or reserved < 0 or reserved <> coalesce(promised, 0)`;
      assert.deepEqual(broken, []);
    },
  };
}

/** A row that is a product, with what differs. */
export function row(sku: string, fields: object = {}): object {
  return { sku, name: `Product ${sku}`, price: 10, ...fields };
}
