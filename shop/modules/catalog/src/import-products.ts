import type { Sql } from "ashlar/module";
import { catalog, type Rejection } from "../contract/index.ts";
import { handle } from "./definition.ts";
import { type ImportedProduct, readRow } from "./import-row.ts";
import { writeProducts, writeStock } from "./write-products.ts";

export const importProducts = handle(catalog.importProducts, async ({ rows }, { sql, now }) => {
  const rejections: Rejection[] = [];
  const products: ImportedProduct[] = [];
  for (const { line, row } of rows) {
    const read = readRow(line, row);
    if ("reason" in read) rejections.push({ line, reason: read.reason });
    else products.push(read);
  }
  let imported = 0;
  for (const round of roundsOf(products)) {
    const { refused, locked } = await lockStock(sql, round);
    const accepted = round.filter(({ line }) => !refused.some((rejection) => rejection.line === line));
    const changed = new Set([
      ...(await writeProducts(sql, accepted, now())),
      ...(await writeStock(sql, accepted, locked)),
    ]);
    rejections.push(...refused);
    imported += changed.size;
  }
  rejections.sort((a, b) => a.line - b.line);
  const rejected = rejections.length;
  return { imported, unchanged: rows.length - imported - rejected, rejected, rejections };
});

/**
 * Splits rows so that no round holds a SKU twice, since one statement cannot write a row twice: the second row of a
 * SKU comes into the second round, and so on. Taken one after the other, the rounds do what the rows would.
 * Within a round the rows are in the order of their SKUs, the order in which everybody locks them: two imports of
 * the same products wait for each other and do not deadlock.
 */
export function roundsOf<Row extends { readonly sku: string }>(rows: readonly Row[]): Row[][] {
  const seen = new Map<string, number>();
  const rounds: Row[][] = [];
  for (const row of rows) {
    const round = seen.get(row.sku) ?? 0;
    seen.set(row.sku, round + 1);
    rounds[round] ??= [];
    rounds[round].push(row);
  }
  for (const round of rounds) round.sort((a, b) => (a.sku < b.sku ? -1 : 1));
  return rounds;
}

/**
 * Locks the stock that the rows would change, and refuses the rows that say less than is promised to open orders.
 * After it nobody can promise more before the rows are written. Stock comes before products, here and wherever both
 * are locked.
 */
async function lockStock(
  sql: Sql,
  rows: readonly ImportedProduct[],
): Promise<{ refused: Rejection[]; locked: ReadonlySet<string> }> {
  const counted = rows.filter(({ stock }) => stock !== null);
  if (counted.length === 0) return { refused: [], locked: new Set() };
  const found = await sql<{ sku: string; reserved: number }>`
    select stock.sku, stock.reserved
      from catalog.stock
      join unnest(${counted.map(({ sku }) => sku)}::text[], ${counted.map(({ stock }) => stock)}::int[])
        as counted (sku, on_hand) on counted.sku = stock.sku
     where stock.on_hand <> counted.on_hand
     order by stock.sku
       for no key update of stock`;
  const reserved = new Map(found.map((row) => [row.sku, row.reserved]));
  const refused = counted.flatMap(({ line, sku, stock }) => {
    const promised = reserved.get(sku) ?? 0;
    return stock! < promised
      ? [{ line, reason: `stock is below the ${promised} that are promised to open orders` }]
      : [];
  });
  return { refused, locked: new Set(reserved.keys()) };
}
