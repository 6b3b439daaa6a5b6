import type { StatementView } from "../../../../api/database.ts";
import { type Column, Module } from "../../elements/index.ts";

type Identity = Pick<StatementView, "id" | "text" | "module">;

/** Which statement a row is of, and whose. */
export const STATEMENT_COLUMNS: readonly Column<Identity>[] = [
  {
    name: "statement",
    label: "Statement",
    isWide: true,
    cell: ({ text, id }) => <StatementText text={text} id={id} />,
  },
  {
    name: "module",
    label: "Module",
    cell: ({ module }) =>
      module === null ? <span className="aside-text">no module</span> : <Module name={module} />,
  },
];

/** Without the values; its id where PostgreSQL had forgotten the text. */
export function StatementText({ text, id }: { readonly text: string | null; readonly id: string }) {
  if (text === null) return <span className="aside-text">statement {id}, whose text was dropped</span>;
  return <code className="sql">{text.replace(/\s+/g, " ").trim()}</code>;
}
