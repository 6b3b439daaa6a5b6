import type { Static, TObject } from "typebox";
import type { Named } from "./operation.ts";

/**
 * A view that its owner publishes for other modules to read in SQL: the sanctioned read path across a wall.
 * The owner's migrations create it under the name given here and keep its columns as promised by `row`; a
 * consumer lists it in `reads`, is granted SELECT on it and on nothing else, and appears in the module graph.
 */
export interface View<Name extends string, Row extends TObject> {
  readonly kind: "view";
  /** Name of the view in the owner's schema, snake_case. */
  readonly view: Name;
  readonly row: Row;
}

export type AnyView = View<string, TObject> & Named;
export type RowOf<V> = V extends { readonly row: infer Row extends TObject } ? Static<Row> : never;

export function view<const Name extends string, Row extends TObject>(parts: {
  view: Name;
  row: Row;
}): View<Name, Row> {
  return { kind: "view", ...parts };
}
