import { scheduleChange } from "../queues/schedule-change.ts";

export const schedulesPause = scheduleChange({
  name: "pause",
  past: "paused",
  summary: "Let schedules enqueue nothing until they are resumed.",
  example: "ashlar schedules pause billing.reconcileNightly --by ann",
  takesBy: true,
  change: (administration, module, names, by) => administration.pauseSchedules(module, names, by),
});
