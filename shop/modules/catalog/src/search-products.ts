import { catalog } from "../contract/index.ts";
import { handle } from "./definition.ts";
import { toProduct } from "./product.ts";
import { decodeSearchCursor, encodeSearchCursor } from "./search-cursor.ts";

export const searchProducts = handle(catalog.searchProducts, async (input, { db, fail }) => {
  const { cursor, limit, ...filters } = input;
  const { q, category, brand, minPrice, maxPrice } = filters;
  const after = cursor === undefined ? undefined : decodeSearchCursor(filters, cursor);
  if (after === null) return fail("CURSOR_INVALID");

  let matches = db
    .selectFrom("products")
    .select(["sku", "name", "description", "brand", "categories", "price_amount", "currency", "popularity"]);
  if (category !== undefined) {
    matches = matches.where((eb) =>
      eb("categories", "@>", eb.cast<string[]>(eb.val(JSON.stringify([category])), "jsonb")),
    );
  }
  if (brand !== undefined) matches = matches.where("brand", "=", brand);
  if (minPrice !== undefined) matches = matches.where("price_amount", ">=", minPrice);
  if (maxPrice !== undefined) matches = matches.where("price_amount", "<=", maxPrice);
  const ranked =
    q === undefined
      ? matches.select((eb) => eb.lit(0).as("rank"))
      : matches
          .select((eb) =>
            eb
              .fn<number>("ts_rank", [
                "search",
                eb.fn("websearch_to_tsquery", [eb.val("english"), eb.val(q)]),
              ])
              .as("rank"),
          )
          .where((eb) =>
            eb("search", "@@", eb.fn<string>("websearch_to_tsquery", [eb.val("english"), eb.val(q)])),
          );

  let page = db
    .selectFrom(ranked.as("match"))
    .selectAll()
    .orderBy("rank", "desc")
    .orderBy("popularity", "desc")
    .orderBy("sku")
    // One more than asked for tells whether there is another page.
    .limit(limit + 1);
  if (after !== undefined) {
    const { rank, popularity, sku } = after;
    page = page.where((eb) => {
      // `popularity <=` says nothing new, but it is what an index can start at.
      const later = eb.and([
        eb("popularity", "<=", popularity),
        eb.or([eb("popularity", "<", popularity), eb("sku", ">", sku)]),
      ]);
      return q === undefined ? later : eb.or([eb("rank", "<", rank), eb.and([eb("rank", "=", rank), later])]);
    });
  }

  // Stock is joined to the page and not to all that matches.
  const rows = await db
    .selectFrom(page.as("page"))
    .innerJoin("stock", "stock.sku", "page.sku")
    .selectAll("page")
    .select((eb) => eb("on_hand", "-", eb.ref("reserved")).as("available"))
    .orderBy("rank", "desc")
    .orderBy("popularity", "desc")
    .orderBy("page.sku")
    .execute();
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    items: rows.slice(0, limit).map(toProduct),
    nextCursor: last === undefined ? null : encodeSearchCursor(filters, last),
  };
});
