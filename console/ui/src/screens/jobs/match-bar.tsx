import {
  JOB_ACTIONS,
  type JobActionName,
  type JobCount,
  type JobFilterView,
  type JobRow,
} from "../../../../api/jobs.ts";
import { useSession } from "../../api/index.ts";
import { countOf, formatCount } from "../../elements/index.ts";
import { isFor, JobActions } from "./job-actions.tsx";
import { isVague } from "./job-filter.ts";

/** What can be done to all jobs of the filter, or to those that are selected. */
export function MatchBar({
  filter,
  count,
  selected,
  onClear,
}: {
  readonly filter: JobFilterView;
  readonly count: JobCount | undefined;
  readonly selected: readonly JobRow[];
  readonly onClear: () => void;
}) {
  const isOperator = useSession()?.access === "operator";
  if (selected.length > 0) {
    return (
      <section className="match-bar" aria-label="Selected jobs">
        <p>
          <strong>{countOf(selected.length, "job")}</strong> selected
        </p>
        <div className="match-actions">
          <JobActions
            filter={{ id: selected.map(({ id }) => id) }}
            states={(action) => selected.some(({ state }) => isFor(action, state))}
            onDone={onClear}
          />
          <button type="button" className="button quiet" onClick={onClear}>
            Clear selection
          </button>
        </div>
      </section>
    );
  }
  if (count === undefined) return <p className="match-bar quiet-text">Counting…</p>;
  const { actions } = count;
  const can = (action: JobActionName) => actions[action].count > 0 || actions[action].isAtLeast;
  const hasActions = JOB_ACTIONS.some(can);
  return (
    <section className="match-bar" aria-label="All matching jobs">
      <p>
        <strong>{countOf(count.count, "job", count.isAtLeast)}</strong>{" "}
        {count.count === 1 && !count.isAtLeast ? "matches" : "match"}
        {count.among !== null && (
          <span className="quiet-text">, counted among {formatCount(count.among)}</span>
        )}
        {isOperator && hasActions && (
          <span className="quiet-text">. Act on all of them, not only on this page:</span>
        )}
      </p>
      {hasActions && (
        <div className="match-actions">
          <JobActions filter={filter} isVague={isVague(filter)} states={can} />
        </div>
      )}
    </section>
  );
}
