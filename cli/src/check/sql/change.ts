import type { NewColumn } from "./new-column.ts";

/** What a migration does to what was there, as far as it matters to code that runs beside it. Names carry their schema. */
export type Change =
  | {
      readonly do: "create-table";
      readonly table: string;
      readonly columns: readonly NewColumn[];
      readonly isPartitioned: boolean;
    }
  | { readonly do: "create-domain"; readonly domain: string }
  | { readonly do: "create-view"; readonly view: string }
  | {
      readonly do: "create-index";
      readonly table: string;
      readonly index: string;
      readonly concurrently: boolean;
    }
  | { readonly do: "drop-index"; readonly index: string; readonly concurrently: boolean }
  | { readonly do: "reindex"; readonly concurrently: boolean; readonly name: string }
  | {
      readonly do: "drop";
      readonly what: "table" | "view" | "column" | "rows";
      readonly relation: string;
      readonly column: string | null;
    }
  | {
      readonly do: "rename";
      readonly what: "table" | "view" | "column" | "value";
      readonly relation: string;
      readonly column: string | null;
      readonly to: string;
    }
  | { readonly do: "add-column"; readonly table: string; readonly column: NewColumn }
  | { readonly do: "set-not-null"; readonly table: string; readonly column: string }
  | {
      readonly do: "add-constraint";
      readonly table: string;
      readonly name: string | null;
      readonly type: "check" | "foreign key" | "unique" | "primary key" | "exclude" | "not null";
      readonly notValid: boolean;
      readonly usingIndex: boolean;
      /** The column that a CHECK (column IS NOT NULL) is about. */
      readonly proves: string | null;
      readonly references: string | null;
    }
  | { readonly do: "validate"; readonly table: string; readonly name: string }
  | { readonly do: "drop-constraint"; readonly table: string; readonly name: string }
  | {
      readonly do: "change-type";
      readonly table: string;
      readonly column: string;
      readonly type: string;
      readonly hasUsing: boolean;
    }
  | { readonly do: "rewrite"; readonly table: string; readonly by: string }
  /** A lock that stops the statements of running code, held to the end of the file. */
  | { readonly do: "lock"; readonly table: string; readonly by: string; readonly isLong: boolean }
  | {
      readonly do: "data";
      readonly table: string;
      readonly rows: "all" | "some" | "literal";
    }
  | { readonly do: "add-value"; readonly type: string; readonly value: string }
  | { readonly do: "use-text"; readonly texts: readonly string[] };
