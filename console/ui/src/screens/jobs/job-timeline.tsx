import type { ReactNode } from "react";
import type { JobView } from "../../../../api/jobs.ts";
import { Ago, Duration, Severity, type SeverityName, Time } from "../../elements/index.ts";

interface Moment {
  readonly key: string;
  readonly at: number;
  readonly severity: SeverityName;
  readonly title: string;
  readonly details: ReactNode;
}

/** What happened to the job, in order: enqueued, each failed attempt that is kept, the attempt under way, the end. */
export function JobTimeline({ job }: { readonly job: JobView }) {
  const moments = momentsOf(job);
  const first = moments[0]?.at ?? 0;
  return (
    <ol className="timeline">
      {moments.map(({ key, at, severity, title, details }) => (
        <li key={key}>
          <p className="timeline-head">
            <Severity of={severity} word={title} />
            <span className="quiet-text">
              <Time at={at} />
              {at > first && (
                <>
                  {" · after "}
                  <Duration ms={at - first} />
                </>
              )}
            </span>
          </p>
          {details}
        </li>
      ))}
    </ol>
  );
}

function momentsOf(job: JobView): Moment[] {
  const moments: Moment[] = [
    { key: "enqueued", at: job.enqueuedAt, severity: "note", title: "enqueued", details: null },
    ...job.errors.map(({ attempt, at, code, message }) => ({
      key: `attempt ${attempt} ${at}`,
      at,
      severity: "warning" as const,
      title: `attempt ${attempt} failed`,
      details: (
        <p className="timeline-error">
          <code>{code}</code> {message}
        </p>
      ),
    })),
  ];
  if (job.startedAt !== null && job.state !== "dead") {
    const where = job.worker === null ? null : <p className="quiet-text">on {job.worker}</p>;
    moments.push({
      key: "started",
      at: job.startedAt,
      severity: "note",
      title: job.state === "running" ? `attempt ${job.attempt} runs` : `attempt ${job.attempt} began`,
      details: where,
    });
  }
  if (job.cancellation !== null) {
    const { at, reason } = job.cancellation;
    const why = reason === null ? null : <p className="quiet-text">{reason}</p>;
    moments.push({ key: "cancellation", at, severity: "warning", title: "asked to stop", details: why });
  }
  if (job.endedAt !== null) {
    const severity = job.state === "dead" ? "error" : job.state === "completed" ? "well" : "note";
    moments.push({
      key: "ended",
      at: job.endedAt,
      severity,
      title: END[job.state] ?? job.state,
      details: null,
    });
  }
  moments.sort((a, b) => a.at - b.at);
  if (job.runAt !== null) {
    const details = (
      <p className="quiet-text">
        <Ago at={job.runAt} />
      </p>
    );
    moments.push({
      key: "due",
      at: job.runAt,
      severity: "note",
      title: `attempt ${job.attempt + 1} is due`,
      details,
    });
  }
  return moments;
}

const END: Readonly<Partial<Record<JobView["state"], string>>> = {
  dead: "died: no attempt is left, or it gave up",
  completed: "completed",
  cancelled: "cancelled",
};
