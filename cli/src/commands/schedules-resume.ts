import { scheduleChange } from "../queues/schedule-change.ts";

export const schedulesResume = scheduleChange({
  name: "resume",
  past: "resumed",
  summary: "Let paused schedules go on with their next time.",
  details: "Times that passed during the pause are not made up for.",
  example: "ashlar schedules resume billing.reconcileNightly",
  change: (administration, module, names) => administration.resumeSchedules(module, names),
});
