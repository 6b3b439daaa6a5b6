import { jobAction } from "../queues/job-action.ts";

export const jobsCancel = jobAction({
  name: "cancel",
  past: "cancelled",
  summary: "End unfinished jobs.",
  details:
    "Jobs that have not begun end at once, and with them those that could only run after them. Those that run\n" +
    "are asked to stop, and end as soon as their handlers obey.",
  example: "ashlar jobs cancel --module catalog --queue imports --older 1d --reason 'superseded' --yes",
  takesStates: true,
  takesReason: true,
  act: (administration, filter, options) => administration.cancel(filter, options),
});
