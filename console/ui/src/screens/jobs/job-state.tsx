import type { JobStateView } from "../../../../api/jobs.ts";
import { Severity, type SeverityName } from "../../elements/index.ts";

const SEVERITY: Readonly<Partial<Record<JobStateView, SeverityName>>> = {
  dead: "error",
  retryable: "warning",
  running: "note",
  completed: "well",
};

/** A job's state in its own word, with a colour where it says something about how things are. */
export function JobState({ of }: { readonly of: JobStateView }) {
  const severity = SEVERITY[of];
  if (severity === undefined) return <span className="job-state">{of}</span>;
  return <Severity of={severity} word={of} />;
}
