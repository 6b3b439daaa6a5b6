/** Every state a job can be in, in the order of its life. */
export const JOB_STATES = [
  "scheduled",
  "available",
  "waiting",
  "running",
  "retryable",
  "dead",
  "completed",
  "cancelled",
] as const;

export type JobState = (typeof JOB_STATES)[number];

/** Where a job is kept: unfinished, dead, or past. */
export type JobTable = "_jobs" | "_dead_jobs" | "_finished_jobs";

export const JOB_TABLES: readonly JobTable[] = ["_jobs", "_dead_jobs", "_finished_jobs"];

/** Which jobs are meant: those that satisfy all that is given. Lists are alternatives. */
export interface JobFilter {
  readonly modules?: readonly string[];
  readonly queues?: readonly string[];
  /** A `*` stands for any characters: `on.*` are the deliveries of events. */
  readonly kinds?: readonly string[];
  readonly states?: readonly JobState[];
  /** Age in milliseconds: since the job ended or, while it has not, since it was enqueued. */
  readonly olderThanMs?: number;
  readonly youngerThanMs?: number;
  /** In the code or the message of the last error, upper and lower case alike. */
  readonly error?: string;
  readonly tag?: string;
  readonly tenant?: string;
  /** `<module>:<number>`. */
  readonly ids?: readonly string[];
}

/** Whether nothing at all is asked of a job, so that every job is meant. */
export function isUnfiltered(filter: JobFilter): boolean {
  return Object.values(filter).every((value) => value === undefined);
}

const STATES_OF: Readonly<Record<JobTable, readonly JobState[]>> = {
  _jobs: ["scheduled", "available", "waiting", "running", "retryable"],
  _dead_jobs: ["dead"],
  _finished_jobs: ["completed", "cancelled"],
};

/** SQL of the state of a row, by table. */
export const STATE_SQL: Readonly<Record<JobTable, string>> = {
  _jobs: `case when worker is not null then 'running' when run_at is null then 'available'
    when run_at = 'infinity' then 'waiting' when attempt > 0 then 'retryable' else 'scheduled' end`,
  _dead_jobs: "'dead'",
  _finished_jobs: "state",
};

const STATE_CONDITIONS: Readonly<Record<JobState, string>> = {
  running: "worker is not null",
  available: "(worker is null and run_at is null)",
  waiting: "(worker is null and run_at = 'infinity')",
  retryable: "(worker is null and run_at < 'infinity' and attempt > 0)",
  scheduled: "(worker is null and run_at < 'infinity' and attempt = 0)",
  dead: "true",
  completed: "state = 'completed'",
  cancelled: "state = 'cancelled'",
};

/** When a row's age begins. */
export const SINCE_SQL: Readonly<Record<JobTable, string>> = {
  _jobs: "enqueued_at",
  _dead_jobs: "died_at",
  _finished_jobs: "finished_at",
};

/** Conditions over one table, with the values of their parameters. */
export class Conditions {
  readonly #parts: string[] = [];
  readonly values: unknown[] = [];

  /** `write` gets the placeholder of the value. */
  add(value: unknown, write: (placeholder: string) => string): this {
    this.#parts.push(write(this.place(value)));
    return this;
  }

  /** The placeholder of a value that is no condition. */
  place(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  addText(text: string): this {
    this.#parts.push(text);
    return this;
  }

  get text(): string {
    return this.#parts.length === 0 ? "true" : this.#parts.join(" and ");
  }
}

/**
 * What the filter asks of the rows of one table in one module; null when none can satisfy it. `states` narrows it
 * further, to those that an action is for.
 */
export function conditionsOf(
  filter: JobFilter,
  module: string,
  table: JobTable,
  states?: readonly JobState[],
): Conditions | null {
  if (filter.modules !== undefined && !filter.modules.includes(module)) return null;
  const wanted = statesOf(filter, table, states);
  if (wanted.length === 0) return null;
  const conditions = new Conditions();
  if (wanted.length < STATES_OF[table].length) {
    conditions.addText(`(${wanted.map((state) => STATE_CONDITIONS[state]).join(" or ")})`);
  }
  const { queues, kinds, ids, olderThanMs, youngerThanMs, error, tag, tenant } = filter;
  if (ids !== undefined) {
    const numbers = numbersOf(ids, module);
    if (numbers.length === 0) return null;
    conditions.add(numbers, (given) => `id = any (${given}::bigint[])`);
  }
  if (queues !== undefined) conditions.add(queues, (given) => `queue = any (${given}::text[])`);
  if (kinds !== undefined) conditions.add(kinds.map(pattern), (given) => `kind like any (${given}::text[])`);
  const since = SINCE_SQL[table];
  if (olderThanMs !== undefined) conditions.add(olderThanMs, (given) => `${since} <= ${ago(given)}`);
  if (youngerThanMs !== undefined) conditions.add(youngerThanMs, (given) => `${since} > ${ago(given)}`);
  if (error !== undefined) {
    conditions.add(
      error.toLowerCase(),
      (given) =>
        `position(${given} in lower(concat(errors -> -1 ->> 'code', ' ', errors -> -1 ->> 'message'))) > 0`,
    );
  }
  if (tag !== undefined) conditions.add([tag], (given) => `tags @> ${given}::text[]`);
  if (tenant !== undefined) conditions.add(tenant, (given) => `tenant = ${given}`);
  return conditions;
}

/** The states of a table that the filter wants, and `states` as well. */
export function statesOf(filter: JobFilter, table: JobTable, states?: readonly JobState[]): JobState[] {
  return STATES_OF[table].filter(
    (state) => (filter.states?.includes(state) ?? true) && (states?.includes(state) ?? true),
  );
}

function ago(milliseconds: string): string {
  return `now() - ${milliseconds}::float8 * interval '1 millisecond'`;
}

function pattern(kind: string): string {
  return kind.replace(/[\\%_]/g, "\\$&").replaceAll("*", "%");
}

/** Of the ids that are of the module. */
export function numbersOf(ids: readonly string[], module: string): number[] {
  return ids.flatMap((id) => {
    const [owner, number] = splitJobId(id) ?? [];
    return owner === module ? [number!] : [];
  });
}

/** The module and the number of `<module>:<number>`; null when it is no id of a job. */
export function splitJobId(id: string): [module: string, number: number] | null {
  const match = /^([a-z][a-z0-9_]*):([1-9][0-9]{0,15})$/.exec(id);
  return match === null || !Number.isSafeInteger(Number(match[2])) ? null : [match[1]!, Number(match[2])];
}
