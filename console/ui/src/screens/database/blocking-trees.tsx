import { Link } from "wouter";
import type { BlockingNode, BlockingTreeView } from "../../../../api/database.ts";
import { countOf, Duration, Severity, useFilters } from "../../elements/index.ts";
import { SessionActions } from "./session-actions.tsx";
import { SessionOwner } from "./session-owner.tsx";

const SEVERE_MS = 30_000;

/** Each tree hangs below the session that waits for nobody: to end that one lets all below it go on. */
export function BlockingTrees({
  trees,
  linked,
  onDone,
}: {
  readonly trees: readonly BlockingTreeView[];
  readonly linked: string | null;
  readonly onDone: () => void;
}) {
  return (
    <ul className="blocking" aria-label="Who waits for whom">
      {trees.map(({ root, longestMs, waiters }) => (
        <li key={root.pid} className="blocking-tree">
          <p className="blocking-head">
            <Severity
              of={longestMs >= SEVERE_MS ? "error" : "warning"}
              word={`${countOf(waiters, "session")} ${waiters === 1 ? "waits" : "wait"}`}
            />
            <span>
              the longest for <Duration ms={longestMs} />
            </span>
          </p>
          <Node node={root} linked={linked} onDone={onDone} isRoot />
        </li>
      ))}
    </ul>
  );
}

function Node({
  node,
  linked,
  onDone,
  isRoot = false,
}: {
  readonly node: BlockingNode;
  readonly linked: string | null;
  readonly onDone: () => void;
  readonly isRoot?: boolean;
}) {
  const filters = useFilters();
  const { pid, session, waitMs, below } = node;
  return (
    <>
      <div
        className="blocking-node"
        data-root={isRoot ? "" : undefined}
        data-selected={String(pid) === linked ? "" : undefined}
      >
        <div className="blocking-who">
          <Link href={`/database?${filters.with({ tab: "now", session: String(pid) })}`}>
            <span className="unseen">Session </span>
            {pid}
          </Link>
          {session !== null && <SessionOwner session={session} />}
          <span className="aside-text">
            {isRoot ? (
              <>
                {session?.state ?? "gone, or a prepared transaction"}
                {session?.transactionMs != null && (
                  <>
                    , in its transaction for <Duration ms={session.transactionMs} />
                  </>
                )}
              </>
            ) : (
              <>
                has waited for <Duration ms={waitMs} />
              </>
            )}
          </span>
          {isRoot && session !== null && <SessionActions session={session} onDone={onDone} />}
        </div>
        {session !== null && session.statement !== "" && <code className="sql">{session.statement}</code>}
      </div>
      {below.length > 0 && (
        <ul className="blocking-below" aria-label={`Wait for session ${pid}`}>
          {below.map((child) => (
            <li key={child.pid}>
              <Node node={child} linked={linked} onDone={onDone} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
