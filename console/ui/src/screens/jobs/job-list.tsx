import { useState } from "react";
import { Link } from "wouter";
import type { JobPageView, QueueView } from "../../../../api/jobs.ts";
import { useSession, useShown } from "../../api/index.ts";
import { formatCount, Pager, Panel, type UrlFilters, useFilters, Whole } from "../../elements/index.ts";
import { apiPath, filterInput } from "./job-filter.ts";
import { JobFilters } from "./job-filters.tsx";
import { JobTable } from "./job-table.tsx";
import { MatchBar } from "./match-bar.tsx";
import { useJobCount } from "./use-job-count.ts";

const NO_SELECTION: ReadonlySet<string> = new Set();

/** The jobs of the filter in the address, and what can be done to all of them. */
export function JobList({ queues }: { readonly queues: readonly QueueView[] }) {
  const filters = useFilters();
  const filter = filterInput(filters);
  const isFiltered = Object.keys(filter).length > 0;
  const page = useShown<JobPageView>(apiPath("/jobs", filters, true));
  const count = useJobCount(isFiltered ? apiPath("/jobs/count", filters) : null);
  const isOperator = useSession()?.access === "operator";
  const [selection, setSelection] = useState(NO_SELECTION);
  const select = (id: string, isSelected: boolean) => {
    const ids = new Set(selection);
    if (isSelected) ids.add(id);
    else ids.delete(id);
    setSelection(ids);
  };
  return (
    <Panel title="Jobs">
      <JobFilters queues={queues} />
      <Whole of={page}>
        {({ jobs, next, lookedAt }) => {
          const selected = jobs.filter(({ id }) => selection.has(id));
          return (
            <div className="job-list">
              {(isFiltered || selected.length > 0) && (
                <MatchBar
                  filter={filter}
                  count={count}
                  selected={selected}
                  onClear={() => setSelection(NO_SELECTION)}
                />
              )}
              <JobTable
                jobs={jobs}
                selection={isOperator ? selection : null}
                onSelect={select}
                empty={emptyText(isFiltered, next !== null, lookedAt)}
              />
              <Further filters={filters} jobs={jobs.length} next={next} lookedAt={lookedAt} />
            </div>
          );
        }}
      </Whole>
    </Panel>
  );
}

const PAGE = 50;

/** On to the next page; where the page ended because enough was looked at, that is said. */
function Further({
  filters,
  jobs,
  next,
  lookedAt,
}: {
  readonly filters: UrlFilters;
  readonly jobs: number;
  readonly next: string | null;
  readonly lookedAt: number;
}) {
  const first = filters.get("before") === null ? null : hrefWith(filters, null);
  if (next === null || jobs >= PAGE) {
    return <Pager newest={first} older={next === null ? null : hrefWith(filters, next)} />;
  }
  return (
    <p className="look-further">
      <span>
        {first === null ? "Looked at" : "Looked at another"} {formatCount(lookedAt)} jobs for this page.
      </span>
      <Link className="button" href={hrefWith(filters, next)}>
        Look further
      </Link>
    </p>
  );
}

function hrefWith(filters: UrlFilters, before: string | null): string {
  const query = filters.with({ before });
  return query === "" ? "/jobs" : `/jobs?${query}`;
}

function emptyText(isFiltered: boolean, isMore: boolean, lookedAt: number) {
  if (isMore)
    return {
      title: `None of these ${formatCount(lookedAt)} jobs matches`,
      hint: "There are more to look at.",
    };
  if (isFiltered)
    return { title: "No job matches", hint: "Finished jobs are kept for some days, then forgotten." };
  return { title: "No job", hint: "Nothing has been enqueued yet." };
}
