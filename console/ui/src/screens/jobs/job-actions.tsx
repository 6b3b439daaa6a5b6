import {
  JOB_ACTIONS,
  type JobActionName,
  type JobFilterView,
  type JobStateView,
} from "../../../../api/jobs.ts";
import { ActionButton } from "../../elements/index.ts";

const LABELS = { retry: "Retry", cancel: "Cancel jobs", discard: "Discard" } as const;

const STATES_OF: Readonly<Record<JobActionName, readonly JobStateView[]>> = {
  retry: ["dead", "retryable", "scheduled"],
  cancel: ["scheduled", "available", "waiting", "running", "retryable"],
  discard: ["dead"],
};

/** The buttons of those actions that are for jobs in one of these states. */
export function JobActions({
  filter,
  states,
  isVague = false,
  onDone,
}: {
  readonly filter: JobFilterView;
  readonly states: (action: JobActionName) => boolean;
  /** Then only what is harmless is offered. */
  readonly isVague?: boolean;
  readonly onDone?: () => void;
}) {
  return JOB_ACTIONS.filter((action) => states(action) && !(isVague && action !== "retry")).map((action) => (
    <ActionButton
      key={action}
      action={`jobs.${action}`}
      path={`/jobs/${action}`}
      input={{ filter }}
      label={LABELS[action]}
      danger={action !== "retry"}
      one="job"
      {...(onDone === undefined ? {} : { onDone })}
    />
  ));
}

export function isFor(action: JobActionName, state: JobStateView): boolean {
  return STATES_OF[action].includes(state);
}
