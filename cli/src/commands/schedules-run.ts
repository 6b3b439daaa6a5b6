import { scheduleChange } from "../queues/schedule-change.ts";

export const schedulesRun = scheduleChange({
  name: "run",
  past: "asked for",
  summary: "Let schedules run once now, beside their times.",
  details: "A worker does it within a second, even of a schedule that is paused.",
  example: "ashlar schedules run billing.reconcileNightly",
  change: (administration, module, names) => administration.runSchedules(module, names),
});
