/** How much of everything there is. */
export interface Volume {
  readonly finishedJobs: number;
  readonly pendingJobs: number;
  readonly deadJobs: number;
  readonly events: number;
  readonly traces: number;
  /** That all of it is spread over. */
  readonly days: number;
}

export const FULL: Volume = {
  finishedJobs: 5_000_000,
  pendingJobs: 500_000,
  deadJobs: 20_000,
  events: 1_000_000,
  traces: 100_000,
  days: 7,
};

export const QUICK: Volume = {
  finishedJobs: 50_000,
  pendingJobs: 5_000,
  deadJobs: 200,
  events: 10_000,
  traces: 1_000,
  days: 2,
};
