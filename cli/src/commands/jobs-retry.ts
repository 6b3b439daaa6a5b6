import { jobAction } from "../queues/job-action.ts";

export const jobsRetry = jobAction({
  name: "retry",
  past: "retried",
  summary: "Let dead jobs begin anew, and those that wait for a later attempt or time begin now.",
  details: "Dead jobs get all their attempts again and keep their ids.",
  example: "ashlar jobs retry --state dead --kind capturePayment --error timeout --yes",
  takesStates: true,
  act: (administration, filter, options) => administration.retry(filter, options),
});
