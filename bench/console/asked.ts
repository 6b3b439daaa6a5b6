/** What is asked of the console, each with how it is called in the table. */
export interface Asked {
  readonly name: string;
  readonly path: string;
}

/** Of the database: a job that ended, one that waits, and the kept trace with most spans. */
export interface Examples {
  readonly finishedJob: string;
  readonly pendingJob: string;
  readonly traceId: string;
  readonly statement: string;
}

/** Every page as it opens, and filters that few rows pass, or all. */
export function asked({ finishedJob, pendingJob, traceId, statement }: Examples): readonly Asked[] {
  return [
    ...plain(
      "/now",
      "/map",
      "/modules",
      "/queues",
      "/events",
      "/schedules",
      "/deploys",
      "/audit",
      "/logs/levels",
    ),
    ...plain("/modules/ordering?range=1h", "/modules/ordering?range=7d", "/modules/ordering?range=24h"),
    ...plain(
      "/jobs",
      "/jobs?state=dead",
      "/jobs?state=completed",
      "/jobs?state=available",
      "/jobs?state=scheduled",
    ),
    ...plain(
      "/jobs?module=billing&state=dead,retryable&kind=on.*",
      "/jobs?tag=campaign",
      "/jobs?tenant=tenant-1999",
    ),
    ...plain(
      "/jobs?error=no+such+text",
      "/jobs?state=completed&error=reset",
      "/jobs?kind=nothing",
      "/jobs?olderThan=6d",
    ),
    ...plain("/jobs?state=completed&tag=nowhere", "/jobs?state=completed&tenant=nobody&youngerThan=7d"),
    ...plain(
      "/jobs/count",
      "/jobs/count?state=dead",
      "/jobs/count?state=completed",
      "/jobs/count?state=completed&tag=nowhere",
    ),
    ...plain("/jobs/count?error=no+such+text", "/jobs/count?module=ordering&state=available"),
    { name: "/jobs/{id} finished", path: `/jobs/${finishedJob}` },
    { name: "/jobs/{id} pending", path: `/jobs/${pendingJob}` },
    ...plain("/events/recent", "/events/recent?publisher=ordering"),
    ...plain(
      "/traces",
      "/traces?slow=1",
      "/traces?failed=1",
      "/traces?module=identity&failed=1&slow=1",
      "/traces?minMs=1900",
    ),
    ...plain(
      "/traces?error=BILLING_CARD_DECLINED&kind=delivery",
      "/traces?name=nothing",
      "/traces?module=catalog&kind=job",
    ),
    ...plain("/trace-names", "/trace-names?module=identity"),
    { name: "/traces/{traceId}", path: `/traces/${traceId}` },
    ...plain("/database", "/database/tables", "/database/tables?sort=dead", "/database/replication"),
    ...plain(
      "/database/statements",
      "/database/statements?range=7d",
      "/database/statements?range=7d&module=ordering",
    ),
    { name: "/database/statements?statement=…", path: `/database/statements?statement=${statement}` },
    ...plain("/audit?actor=account:3", "/audit?module=identity&action=jobs.retry"),
  ];
}

function plain(...paths: readonly string[]): Asked[] {
  return paths.map((path) => ({ name: path, path }));
}
