/** For those who ask how many jobs of a queue wait, and which: a job that never waits has no entry. */
export const waitingJobs = "create index _jobs_waiting on _jobs (queue, id) where run_at = 'infinity';";
