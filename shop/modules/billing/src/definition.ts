import { define, tables } from "ashlar/module";
import { billing } from "../contract/index.ts";
import type { BillingTables } from "./tables.ts";

export const definition = define(billing, { tables: tables<BillingTables>() });
export const { handle, route } = definition;
