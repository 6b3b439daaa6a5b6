import { JOB_STATES, type QueueView } from "../../../../api/jobs.ts";
import { session } from "../../api/index.ts";
import { ChoiceFilter, Filters, TextFilter, useFilters } from "../../elements/index.ts";

const AGES = [
  { value: "1m", label: "1 minute" },
  { value: "10m", label: "10 minutes" },
  { value: "1h", label: "1 hour" },
  { value: "1d", label: "1 day" },
  { value: "7d", label: "7 days" },
];

const STATES = [{ value: "dead,retryable", label: "failing (dead or retryable)" }, ...JOB_STATES];

const MORE = ["olderThan", "youngerThan", "tenant", "tag", "id"];

export function JobFilters({ queues }: { readonly queues: readonly QueueView[] }) {
  const filters = useFilters();
  const module = filters.get("module");
  const names = queues.filter((each) => module === null || each.module === module).map(({ queue }) => queue);
  return (
    <>
      <Filters label="Which jobs">
        <ChoiceFilter name="module" label="Module" choices={session().modules} />
        <ChoiceFilter name="queue" label="Queue" choices={[...new Set(names)].sort()} />
        <ChoiceFilter name="state" label="State" choices={STATES} />
        <TextFilter name="kind" label="Kind" placeholder="sendOrderMail, on.*" />
        <TextFilter name="error" label="Last error" placeholder="code or text" />
      </Filters>
      <details className="more" open={MORE.some((name) => filters.has(name))}>
        <summary>More filters</summary>
        <Filters label="Which jobs, further">
          <ChoiceFilter name="olderThan" label="Older than" choices={AGES} all="Any age" />
          <ChoiceFilter name="youngerThan" label="Younger than" choices={AGES} all="Any age" />
          <TextFilter name="tenant" label="Tenant" />
          <TextFilter name="tag" label="Tag" />
          <TextFilter name="id" label="Ids" placeholder="billing:1042" />
        </Filters>
      </details>
    </>
  );
}
