import { auditEndpoints } from "./audit/endpoints.ts";
import { databaseEndpoints } from "./database/endpoints.ts";
import { deploysEndpoints } from "./deploys/endpoints.ts";
import type { Endpoint } from "./endpoint.ts";
import { eventEndpoints } from "./events/endpoints.ts";
import type { Ground } from "./ground.ts";
import { jobEndpoints } from "./jobs/endpoints.ts";
import { logEndpoints } from "./logs/endpoints.ts";
import { mapEndpoints } from "./map/endpoints.ts";
import { moduleEndpoints } from "./modules/endpoints.ts";
import { nowEndpoints } from "./now/endpoints.ts";
import { traceEndpoints } from "./traces/endpoints.ts";

/** What the console answers below /console/api, area by area; sign-in and the live stream have routes of their own. */
export function endpoints(ground: Ground): readonly Endpoint[] {
  return [
    ...nowEndpoints(ground),
    ...deploysEndpoints(ground),
    ...auditEndpoints(ground),
    ...databaseEndpoints(ground),
    ...eventEndpoints(ground),
    ...jobEndpoints(ground),
    ...mapEndpoints(ground),
    ...moduleEndpoints(ground),
    ...traceEndpoints(ground),
    ...logEndpoints(ground),
  ];
}
