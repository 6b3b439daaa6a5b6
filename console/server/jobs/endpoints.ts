import type { Endpoint } from "../endpoint.ts";
import type { Ground } from "../ground.ts";
import { filterOfQuery } from "./filter.ts";
import { jobActions } from "./job-actions.ts";
import { queueActions, scheduleActions } from "./queue-actions.ts";
import { readQueues } from "./queues.ts";
import { countJobs, readJob, readJobs, readSchedules } from "./reading.ts";

export function jobEndpoints(ground: Ground): readonly Endpoint[] {
  return [
    { kind: "read", path: "/queues", read: () => readQueues(ground) },
    {
      kind: "read",
      path: "/jobs",
      read: ({ query }) => readJobs(ground, filterOfQuery(query), query.get("after") || null),
    },
    { kind: "read", path: "/jobs/count", read: ({ query }) => countJobs(ground, filterOfQuery(query)) },
    { kind: "read", path: "/jobs/{id}", read: ({ params }) => readJob(ground, params.id ?? "") },
    { kind: "read", path: "/schedules", read: () => readSchedules(ground) },
    ...jobActions(ground),
    ...queueActions(ground),
    ...scheduleActions(ground),
  ];
}
