import { billing } from "@shop/billing";
import { catalog } from "@shop/catalog";
import { define, tables } from "ashlar/module";
import { ordering } from "../contract/index.ts";
import type { OrderingTables } from "./tables.ts";

export const definition = define(ordering, {
  uses: [catalog, billing],
  reads: [catalog.productListing],
  tables: tables<OrderingTables>(),
});
export const { handle, route } = definition;
