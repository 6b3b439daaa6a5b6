import type { ReactNode } from "react";
import { Link, useParams } from "wouter";
import type { JobView } from "../../../../api/jobs.ts";
import { useShown } from "../../api/index.ts";
import {
  Ago,
  Code,
  CopyButton,
  Duration,
  KeyValue,
  type KeyValueItem,
  Module,
  Page,
  Panel,
  Whole,
} from "../../elements/index.ts";
import { isFor, JobActions } from "./job-actions.tsx";
import { jobHref, jobsHref } from "./job-filter.ts";
import { JobState } from "./job-state.tsx";
import { JobTimeline } from "./job-timeline.tsx";
import "./jobs.css";

/** One job: what it is, what happened to it, and what can be done about it. */
export default function JobScreen() {
  const { id = "" } = useParams<{ id: string }>();
  const name = decodeURIComponent(id);
  const job = useShown<JobView>(`/jobs/${encodeURIComponent(name)}`);
  return (
    <Page
      title={name}
      lede={job.data === undefined ? undefined : `${job.data.module}.${job.data.kind}`}
      actions={
        job.data !== undefined && (
          <JobActions
            filter={{ id: [name] }}
            states={(action) => isFor(action, job.data?.state ?? "completed")}
          />
        )
      }
    >
      <Whole of={job}>{(data) => <Details job={data} />}</Whole>
    </Page>
  );
}

function Details({ job }: { readonly job: JobView }) {
  return (
    <div className="job-page">
      <Panel title="What happened">
        <JobTimeline job={job} />
      </Panel>
      <Panel title="About it">
        <KeyValue items={factsOf(job)} />
      </Panel>
      <Json title="Payload" value={job.payload} />
      {job.progress !== null && <Json title="Progress" value={job.progress} />}
      {job.output !== null && <Json title="Output" value={job.output} />}
    </div>
  );
}

function Json({ title, value }: { readonly title: string; readonly value: unknown }) {
  return (
    <Panel title={title}>
      <Code text={JSON.stringify(value, null, 2)} label={title} />
    </Panel>
  );
}

function factsOf(job: JobView): KeyValueItem[] {
  const { module, queue, kind } = job;
  return [
    fact("State", <JobState of={job.state} />),
    fact("Module", <Module name={module} />),
    fact("Queue", <Link href={jobsHref({ module, queue })}>{queue}</Link>),
    fact("Kind", <Link href={jobsHref({ module, kind })}>{kind}</Link>),
    fact("Attempts", job.maxAttempts === null ? `${job.attempt}` : `${job.attempt} of ${job.maxAttempts}`),
    ...(job.crashes > 0 ? [fact("Crashes", `${job.crashes}: so often the process that ran it died`)] : []),
    fact("Enqueued", <Ago at={job.enqueuedAt} />),
    ...(job.runAt === null ? [] : [fact("Due", <Ago at={job.runAt} />)]),
    ...(job.priority === 0 ? [] : [fact("Priority", `${job.priority}`)]),
    ...(job.timeoutMs === null ? [] : [fact("Timeout", <Duration ms={job.timeoutMs} />)]),
    ...(job.worker === null ? [] : [fact("Worker", job.worker)]),
    ...(job.tenant === null
      ? []
      : [fact("Tenant", <Link href={jobsHref({ tenant: job.tenant })}>{job.tenant}</Link>)]),
    ...(job.tags.length === 0
      ? []
      : [fact("Tags", <Links of={job.tags} href={(tag) => jobsHref({ tag })} />)]),
    ...job.keys.map(({ name, key }) => fact(`Key: ${name}`, <code>{key}</code>)),
    ...(job.waitsFor.length === 0 ? [] : [fact("Waits for", <Links of={job.waitsFor} href={jobHref} />)]),
    ...(job.awaitedBy.length === 0 ? [] : [fact("Awaited by", <Links of={job.awaitedBy} href={jobHref} />)]),
    ...(job.origin === null ? [] : [fact("Origin", <code>{JSON.stringify(job.origin)}</code>)]),
    ...(job.traceId === null
      ? []
      : [
          fact(
            "Trace",
            <span className="row-actions">
              <Link href={`/traces/${job.traceId}`}>{job.traceId}</Link>
              <CopyButton text={job.traceId} />
            </span>,
          ),
        ]),
  ];
}

function fact(key: string, value: ReactNode): KeyValueItem {
  return { key, value };
}

function Links({ of, href }: { readonly of: readonly string[]; readonly href: (name: string) => string }) {
  return (
    <span className="links">
      {of.map((name) => (
        <Link key={name} href={href(name)}>
          {name}
        </Link>
      ))}
    </span>
  );
}
