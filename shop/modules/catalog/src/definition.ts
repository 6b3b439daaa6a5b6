import { define, tables } from "ashlar/module";
import { catalog } from "../contract/index.ts";
import type { Tables } from "./tables.ts";

export const definition = define(catalog, { tables: tables<Tables>() });

export const { handle, route, streamRoute } = definition;
