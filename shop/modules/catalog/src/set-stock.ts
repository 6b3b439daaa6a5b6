import { catalog } from "../contract/index.ts";
import { handle } from "./definition.ts";
import type { StockRow } from "./tables.ts";

export const setStock = handle(catalog.setStock, async ({ sku, onHand }, { sql, fail }) => {
  const [locked] = await sql<Pick<StockRow, "reserved">>`
    select reserved from catalog.stock where sku = ${sku} for no key update`;
  if (locked === undefined) return fail("UNKNOWN_SKU", { sku });
  const { reserved } = locked;
  if (reserved > onHand) return fail("BELOW_RESERVED", { sku, reserved });
  await sql`update catalog.stock set on_hand = ${onHand} where sku = ${sku} and on_hand <> ${onHand}`;
  return { sku, onHand, reserved, available: onHand - reserved };
});
