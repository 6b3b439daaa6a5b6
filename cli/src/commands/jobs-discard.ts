import { jobAction } from "../queues/job-action.ts";

export const jobsDiscard = jobAction({
  name: "discard",
  past: "discarded",
  summary: "Give up dead jobs for good.",
  details: "They stay among the finished jobs, as cancelled, for as long as those are kept.",
  example: "ashlar jobs discard --kind sendReceipt --older 7d --yes",
  takesStates: false,
  act: (administration, filter, options) => administration.discard(filter, options),
});
