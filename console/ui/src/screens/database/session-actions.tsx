import type { DatabaseSession } from "../../../../api/database.ts";
import { ActionButton } from "../../elements/index.ts";

/** What an operator can do to a session: cancel what it runs, or end it. */
export function SessionActions({
  session,
  onDone,
}: {
  readonly session: DatabaseSession;
  readonly onDone: () => void;
}) {
  const { pid, startedAt, keptBy, statementMs } = session;
  if (keptBy !== null) {
    return (
      <span className="aside-text" title={keptBy}>
        Kept<span className="unseen">: {keptBy}</span>
      </span>
    );
  }
  const input = { pid, startedAt };
  return (
    <span className="session-actions">
      {statementMs !== null && (
        <ActionButton
          action="database.cancel"
          path="/database/cancel"
          input={input}
          label="Cancel statement"
          one="session"
          onDone={onDone}
          isSmall
        />
      )}
      <ActionButton
        action="database.terminate"
        path="/database/terminate"
        input={input}
        label="End session"
        one="session"
        danger
        onDone={onDone}
        isSmall
      />
    </span>
  );
}
