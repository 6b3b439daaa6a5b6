import assert from "node:assert/strict";
import { createReadStream, existsSync } from "node:fs";
import { test } from "node:test";
import { catalog } from "../contract/index.ts";
import { demoProducts, importProductFile } from "../src/module.ts";
import { catalogApp, row } from "./catalog-app.ts";
import { refusal } from "./refusal.ts";

const shop = await catalogApp();

/** The transaction that last wrote the row, and any lock on it: unchanged means untouched. */
async function traces(): Promise<object[]> {
  return shop.adminQuery`
    select sku, xmin::text, xmax::text, ctid::text from catalog.products
    union all select sku, xmin::text, xmax::text, ctid::text from catalog.stock order by 1, 2`;
}

test("a new row becomes a product that can be shown, and sold as far as its row states stock", async () => {
  const fields = { description: "Flat.", brand: "Bell", categories: ["Kitchen"], price: 19.9, popularity: 5 };
  const report = await shop.importRows(row("N-1", { ...fields, stock: 7 }), row("N-2", fields));
  assert.deepEqual(report, { imported: 2, unchanged: 0, rejected: 0, rejections: [] });
  assert.deepEqual(await shop.run(catalog.getProduct, { sku: "N-1" }), {
    sku: "N-1",
    name: "Product N-1",
    description: "Flat.",
    brand: "Bell",
    categories: ["Kitchen"],
    price: { amount: 1_990, currency: "USD" },
    popularity: 5,
    available: 7,
  });
  assert.equal((await shop.run(catalog.getProduct, { sku: "N-2" })).available, 0);
});

test("the same rows again change nothing and write nothing, not even a lock", async () => {
  const rows = [row("U-1", { stock: 7 }), row("U-2", { brand: "Bell", categories: ["Kitchen", "Pans"] })];
  await shop.importRows(...rows);
  const before = await traces();
  assert.deepEqual(await shop.importRows(...rows), {
    imported: 0,
    unchanged: 2,
    rejected: 0,
    rejections: [],
  });
  assert.deepEqual(await traces(), before);
});

test("a changed price, brand or stock is an import, and what a row does not state of stock stays", async () => {
  await shop.importRows(row("C-1", { stock: 7 }), row("C-2", { brand: "Bell", stock: 5 }), row("C-3"));
  const report = await shop.importRows(
    row("C-1", { price: 12 }),
    row("C-2", { stock: 5 }),
    row("C-3", { stock: 1 }),
  );
  assert.equal(report.imported, 3);
  const found = await Promise.all(["C-1", "C-2", "C-3"].map((sku) => shop.run(catalog.getProduct, { sku })));
  assert.deepEqual(
    found.map(({ price, brand, available }) => [price.amount, brand, available]),
    [
      [1_200, null, 7],
      [1_000, null, 5],
      [1_000, null, 1],
    ],
  );
});

test("rows that are no products are rejected by line, and the others are imported", async () => {
  const report = await shop.importRows(
    row("B-1"),
    { sku: "B-2" },
    "nonsense",
    row("B-3"),
    row("B-4", { price: 1.001 }),
  );
  assert.deepEqual(report, {
    imported: 2,
    unchanged: 0,
    rejected: 3,
    rejections: [
      { line: 2, reason: "name is missing; price is missing" },
      { line: 3, reason: "the row must be an object with the fields of a product" },
      { line: 5, reason: "price has more than 2 decimals" },
    ],
  });
});

test("of two rows with one SKU the later one stays, and each is counted as if it had come alone", async () => {
  const report = await shop.importRows(
    row("D-1", { price: 1 }),
    row("D-1", { price: 2, stock: 3 }),
    row("D-1", { price: 2, stock: 3 }),
    row("D-2"),
  );
  assert.deepEqual([report.imported, report.unchanged], [3, 1]);
  const { price, available } = await shop.run(catalog.getProduct, { sku: "D-1" });
  assert.deepEqual([price.amount, available], [200, 3]);
});

test("a row with less stock than is promised to orders is rejected whole", async () => {
  await shop.importRows(row("R-1", { stock: 5 }), row("R-2", { stock: 5 }));
  await shop.run(catalog.reserveStock, { orderId: "r", lines: [{ sku: "R-1", quantity: 3 }] });
  const report = await shop.importRows(row("R-1", { price: 99, stock: 2 }), row("R-2", { stock: 2 }));
  assert.deepEqual(report, {
    imported: 1,
    unchanged: 0,
    rejected: 1,
    rejections: [{ line: 1, reason: "stock is below the 3 that are promised to open orders" }],
  });
  assert.equal((await shop.run(catalog.getProduct, { sku: "R-1" })).price.amount, 1_000);
  assert.equal((await shop.importRows(row("R-1", { price: 99, stock: 3 }))).imported, 1);
  await shop.checkInvariants();
});

test("imports of the same products at once, in opposite orders, wait for each other", async () => {
  const rows = Array.from({ length: 200 }, (_, index) => row(`P-${index}`, { stock: 1 }));
  const changed = rows.map((product) => ({ ...product, price: 11, stock: 2 }));
  await shop.importRows(...rows);
  for (let round = 0; round < 12; round++) {
    const reports = await Promise.all(
      [changed, changed.toReversed(), rows, rows.toReversed()].map((some) => shop.importRows(...some)),
    );
    for (const { rejected, imported, unchanged } of reports) {
      assert.equal(rejected, 0);
      assert.equal(imported + unchanged, 200);
    }
  }
  await shop.checkInvariants();
});

test("the demo catalogue is imported whole", async () => {
  const report = await shop.importRows(...demoProducts);
  assert.deepEqual(report, { imported: demoProducts.length, unchanged: 0, rejected: 0, rejections: [] });
  assert.ok(demoProducts.length >= 40);
});

test("an unknown product cannot be shown", async () => {
  await assert.rejects(
    shop.run(catalog.getProduct, { sku: "nope" }),
    refusal("CATALOG_UNKNOWN_SKU", { sku: "nope" }),
  );
});

const REAL_PRODUCTS = new URL("../../../../../shared/data/products.ndjson", import.meta.url);

test("3,291 real products are imported, and a second time changes nothing", {
  skip: !existsSync(REAL_PRODUCTS) && "the file is not on this machine",
}, async () => {
  const importFile = () =>
    importProductFile({
      body: createReadStream(REAL_PRODUCTS),
      format: "ndjson",
      importBatch: (rows) => shop.run(catalog.importProducts, { rows }),
    });
  assert.deepEqual(await importFile(), { imported: 3_291, unchanged: 0, rejected: 0, rejections: [] });
  const before = await traces();
  assert.deepEqual(await importFile(), { imported: 0, unchanged: 3_291, rejected: 0, rejections: [] });
  assert.deepEqual(await traces(), before);
});
