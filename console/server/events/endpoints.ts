import type { Endpoint } from "../endpoint.ts";
import type { Ground } from "../ground.ts";
import { eventActions } from "./actions.ts";
import { readEvents, readRecentEvents } from "./reading.ts";

export function eventEndpoints(ground: Ground): readonly Endpoint[] {
  return [
    { kind: "read", path: "/events", read: () => readEvents(ground) },
    { kind: "read", path: "/events/recent", read: ({ query }) => readRecentEvents(ground, query) },
    ...eventActions(ground),
  ];
}
