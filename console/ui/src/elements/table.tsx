import type { MouseEvent, ReactNode } from "react";
import { Link, useLocation } from "wouter";

export interface Column<Row> {
  /** Unique in the table. */
  readonly name: string;
  /** The heading; at 360 px it stands before the value. */
  readonly label: string;
  readonly cell: (row: Row) => ReactNode;
  /** `end` for numbers. */
  readonly align?: "start" | "end";
  /** Takes what is left, and may break anywhere. One column of a table. */
  readonly isWide?: boolean;
}

/**
 * Rows under a heading that stays in sight, stacked where there is no room. With `rowHref` the first column is a link
 * to it (so it must not hold another one) and the whole row can be clicked; `j`, `k` and Enter walk along.
 */
export function Table<Row>({
  columns,
  rows,
  rowKey,
  rowHref,
  isSelected,
  empty,
  caption,
}: {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string | number;
  readonly rowHref?: (row: Row) => string | null;
  readonly isSelected?: (row: Row) => boolean;
  /** Shown instead of the table when there are no rows. */
  readonly empty: ReactNode;
  /** What the table lists; read out, not seen. */
  readonly caption: string;
}) {
  const [, navigate] = useLocation();
  if (rows.length === 0) return <div className="table-empty">{empty}</div>;

  const open = (event: MouseEvent, href: string | null) => {
    if (href === null || !isPlainClick(event)) return;
    navigate(href);
  };
  // The roles are spelt out because a stacked table is no table to the browser any longer.
  return (
    <div className="table-frame">
      {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
      <table className="table" role="table">
        <caption className="unseen">{caption}</caption>
        {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
        <thead role="rowgroup">
          {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
          <tr role="row">
            {columns.map((column) => (
              // biome-ignore lint/a11y/noRedundantRoles: see above
              <th key={column.name} scope="col" role="columnheader" {...shape(column)}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
        <tbody role="rowgroup">
          {rows.map((row) => {
            const href = rowHref?.(row) ?? null;
            return (
              <tr
                key={rowKey(row)}
                // biome-ignore lint/a11y/noRedundantRoles: see above
                role="row"
                data-row=""
                data-opens={href === null ? undefined : ""}
                data-selected={isSelected?.(row) ? "" : undefined}
                tabIndex={-1}
                onClick={(event) => open(event, href)}
              >
                {columns.map((column, index) => (
                  // biome-ignore lint/a11y/noRedundantRoles: see above
                  <td key={column.name} role="cell" data-label={column.label} {...shape(column)}>
                    {index === 0 && href !== null ? (
                      <Link className="row-link" href={href}>
                        {column.cell(row)}
                      </Link>
                    ) : (
                      column.cell(row)
                    )}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function shape<Row>(column: Column<Row>) {
  return { "data-align": column.align, "data-wide": column.isWide ? "" : undefined };
}

/** Not on a link or a button of the row, not with a key held, not at the end of marking text. */
function isPlainClick(event: MouseEvent): boolean {
  if (event.defaultPrevented || event.button !== 0) return false;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return false;
  if ((event.target as Element).closest("a, button, input, select, summary, label, time") !== null)
    return false;
  return window.getSelection()?.isCollapsed ?? true;
}
