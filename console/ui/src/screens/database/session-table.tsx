import type { DatabaseSession } from "../../../../api/database.ts";
import { type Column, Duration, Empty, Severity, Table, useFilters } from "../../elements/index.ts";
import { SessionActions } from "./session-actions.tsx";
import { SessionOwner } from "./session-owner.tsx";

const LONG_MS = 30_000;
const IDLE_MS = 5_000;

export function SessionTable({
  sessions,
  linked,
  onDone,
}: {
  readonly sessions: readonly DatabaseSession[];
  readonly linked: string | null;
  readonly onDone: () => void;
}) {
  const filters = useFilters();
  const columns: readonly Column<DatabaseSession>[] = [
    { name: "pid", label: "Session", cell: ({ pid }) => pid },
    { name: "module", label: "Module", cell: (session) => <SessionOwner session={session} /> },
    { name: "state", label: "State", cell: (session) => <State session={session} /> },
    {
      name: "statement",
      label: "Statement",
      isWide: true,
      cell: (session) => <Statement session={session} />,
    },
    {
      name: "transaction",
      label: "Transaction",
      align: "end",
      cell: ({ transactionMs }) => <Duration ms={transactionMs} />,
    },
    {
      name: "running",
      label: "Running",
      align: "end",
      cell: ({ statementMs }) => <Duration ms={statementMs} />,
    },
    {
      name: "actions",
      label: "Actions",
      cell: (session) => <SessionActions session={session} onDone={onDone} />,
    },
  ];
  return (
    <Table
      caption="Sessions that do something, the oldest transaction first"
      columns={columns}
      rows={sessions}
      rowKey={({ pid, startedAt }) => `${pid} ${startedAt}`}
      rowHref={({ pid }) => `/database?${filters.with({ tab: "now", session: String(pid) })}`}
      isSelected={({ pid }) => String(pid) === linked}
      empty={
        <Empty
          title="No session does anything at this moment"
          hint="Open transactions stand here too, even idle ones."
        />
      }
    />
  );
}

function State({ session }: { readonly session: DatabaseSession }) {
  const { state, wait, idleMs, transactionMs } = session;
  const isStuck = (idleMs ?? 0) >= IDLE_MS || (transactionMs ?? 0) >= LONG_MS;
  return (
    <span className="session-state">
      {isStuck ? <Severity of="warning" word={state} /> : state}
      {idleMs !== null && (
        <span className="aside-text">
          for <Duration ms={idleMs} />
        </span>
      )}
      {wait !== null && <span className="aside-text">{wait}</span>}
    </span>
  );
}

function Statement({ session: { statement, module, modules } }: { readonly session: DatabaseSession }) {
  const others = modules.filter((name) => name !== module);
  return (
    <>
      {statement !== "" && <code className="sql">{statement}</code>}
      {others.length > 0 && <span className="aside-text">has touched tables of {others.join(", ")} too</span>}
    </>
  );
}
