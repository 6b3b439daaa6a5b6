import assert from "node:assert/strict";
import { test } from "node:test";
import { catalog, type Product } from "../contract/index.ts";
import { catalogApp, row } from "./catalog-app.ts";
import { refusal } from "./refusal.ts";

const shop = await catalogApp();

await shop.importRows(
  row("PAN-1", {
    name: "Iron frying pan",
    brand: "Bell",
    categories: ["Kitchen", "Pans"],
    price: 30,
    popularity: 5,
  }),
  row("PAN-2", {
    name: "Small pan",
    brand: "Hull",
    categories: ["Kitchen", "Pans"],
    price: 12,
    popularity: 9,
  }),
  row("LID-1", {
    name: "Glass lid",
    description: "Fits every frying pan.",
    brand: "Bell",
    categories: ["Kitchen"],
    price: 9.99,
    popularity: 50,
  }),
  row("TENT-1", {
    name: "Tent",
    brand: 'O\'Hara "Q" \\ Co',
    categories: ["Outdoor, Camping"],
    price: 200,
    popularity: 1,
  }),
);
// Many that differ in nothing that orders them but the SKU.
await shop.importRows(
  ...Array.from({ length: 97 }, (_, index) =>
    row(`CUP-${index}`, {
      name: "Tin cup",
      categories: ["Cups"],
      price: 1 + (index % 7),
      popularity: 100 + (index % 3),
    }),
  ),
);

type Filters = Omit<Parameters<typeof search>[0], "limit">;

function search(input: {
  q?: string;
  category?: string;
  brand?: string;
  minPrice?: number;
  maxPrice?: number;
  cursor?: string;
  limit?: number;
}) {
  return shop.run(catalog.searchProducts, { limit: 20, ...input });
}

async function skus(filters: Filters): Promise<string[]> {
  return (await search(filters)).items.map(({ sku }) => sku);
}

async function allPages(filters: Filters, limit: number): Promise<Product[]> {
  const found: Product[] = [];
  let cursor: string | undefined;
  do {
    const page = await search({ ...filters, limit, ...(cursor === undefined ? {} : { cursor }) });
    assert.ok(page.items.length === limit || page.nextCursor === null, "only the last page is short");
    found.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

test("words in the name count more than words in the description, whatever the popularity", async () => {
  assert.deepEqual((await skus({ q: "pan" })).at(-1), "LID-1");
  assert.deepEqual(await skus({ q: "frying pans" }), ["PAN-1", "LID-1"]);
  assert.deepEqual(await skus({ q: "pan -frying" }), ["PAN-2"]);
  assert.deepEqual(await skus({ q: "bell" }), ["LID-1", "PAN-1"]);
  assert.deepEqual(await skus({ q: "camping" }), ["TENT-1"]);
});

test("filters narrow together", async () => {
  assert.deepEqual(await skus({ category: "Kitchen" }), ["LID-1", "PAN-2", "PAN-1"]);
  assert.deepEqual(await skus({ category: "Kitchen", brand: "Bell" }), ["LID-1", "PAN-1"]);
  assert.deepEqual(await skus({ category: "Kitchen", minPrice: 999, maxPrice: 1_200 }), ["LID-1", "PAN-2"]);
  assert.deepEqual(await skus({ q: "pan", category: "Pans", maxPrice: 2_999 }), ["PAN-2"]);
  assert.deepEqual(await skus({ category: "Outdoor, Camping", brand: 'O\'Hara "Q" \\ Co' }), ["TENT-1"]);
});

test("what matches nothing is an empty page", async () => {
  for (const filters of [
    { q: "zeppelin" },
    { q: "the" },
    { q: "'\"(&|!:*" },
    { category: "kitchen" },
    { brand: "%" },
  ]) {
    assert.deepEqual(await search(filters), { items: [], nextCursor: null }, JSON.stringify(filters));
  }
});

test("without words the most popular come first, and equal ones by SKU", async () => {
  const found = await allPages({}, 100);
  const sorted = found.toSorted((a, b) => b.popularity - a.popularity || (a.sku < b.sku ? -1 : 1));
  assert.deepEqual(found, sorted);
  assert.equal(found.length, 101);
});

test("pages of any size show each match once, in the order of one big page", async () => {
  for (const filters of [
    {},
    { q: "tin cup" },
    { category: "Cups", maxPrice: 300 },
    { q: "cup", minPrice: 400 },
    { q: "pan" },
  ]) {
    const { items } = await search({ ...filters, limit: 100 });
    for (const limit of [1, 7, 20]) {
      const paged = await allPages(filters, limit);
      assert.deepEqual(paged.slice(0, 100), items, `${JSON.stringify(filters)} by ${limit}`);
    }
  }
});

test("paging goes on where it was when products come and go in between", async () => {
  const first = await search({ category: "Kitchen", limit: 2 });
  await shop.importRows(row("NEW-1", { categories: ["Kitchen"], popularity: 1_000 }));
  const cursor = first.nextCursor ?? "";
  assert.deepEqual(await skus({ category: "Kitchen", cursor }), ["PAN-1"]);
});

test("a cursor of another search, or of nobody, is refused", async () => {
  const { nextCursor } = await search({ q: "cup", limit: 1 });
  const invalid = refusal("CATALOG_CURSOR_INVALID");
  await assert.rejects(search({ q: "pan", cursor: nextCursor ?? "" }), invalid);
  await assert.rejects(search({ cursor: nextCursor ?? "" }), invalid);
  await assert.rejects(search({ q: "cup", cursor: "nonsense" }), invalid);
  await assert.rejects(search({ q: "cup", cursor: "" }), invalid);
});
