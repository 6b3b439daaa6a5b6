import { closed, Type } from "ashlar/contract";
import { anyone, role } from "ashlar/module";
import { catalog, ImportReport } from "../contract/index.ts";
import { route, streamRoute } from "./definition.ts";
import { fileUnreadable } from "./file-unreadable.ts";
import { detectFormat, importProductFile } from "./import-file.ts";

const { sku, onHand } = catalog.setStock.input.properties;
const { limit, ...searchFilters } = catalog.searchProducts.input.properties;

export const routes = [
  route(catalog.searchProducts, {
    method: "GET",
    path: "/v1/products",
    auth: anyone,
    summary: "Search the catalogue",
    query: closed({ ...searchFilters, limit: Type.Optional(limit) }),
    input: ({ query }) => ({ ...query, limit: query.limit ?? 20 }),
  }),
  route(catalog.getProduct, {
    method: "GET",
    path: "/v1/products/{sku}",
    auth: anyone,
    summary: "Show a product",
    params: closed({ sku }),
    input: ({ params }) => params,
  }),
  route(catalog.setStock, {
    method: "PUT",
    path: "/v1/products/{sku}/stock",
    auth: role("operator", "catalog:write"),
    summary: "Set what is on the shelf",
    params: closed({ sku }),
    body: closed({ onHand }),
    input: ({ params, body }) => ({ ...params, ...body }),
  }),
  streamRoute({
    method: "POST",
    path: "/v1/products/import",
    auth: role("operator", "catalog:write"),
    summary: "Import products from NDJSON or CSV",
    consumes: ["application/x-ndjson", "text/csv"],
    maxBytes: 256 * 1024 * 1024,
    output: ImportReport,
    run: async ({ body, contentType, execute }) => {
      const format = detectFormat(contentType);
      if (format === null)
        throw fileUnreadable("its content type is neither application/x-ndjson nor text/csv");
      return importProductFile({
        body,
        format,
        importBatch: (rows) => execute(catalog.importProducts, { rows }),
      });
    },
  }),
];
