import type { Rejection } from "../contract/index.ts";

/** What a line of an import file turned out to be: a row to be judged, or nothing that could be one. */
export type ImportEntry = { readonly line: number; readonly row: unknown } | Rejection;
