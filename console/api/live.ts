/**
 * GET /console/api/live?topics=now,map: a stream of server-sent events. Each event is named after its topic and carries
 * the `Shown` of the read endpoint with the same path, as soon as there is a new one; `:` lines every 15 s keep it open.
 */
export const LIVE_TOPICS = ["now", "map", "queues", "events", "database"] as const;

export type LiveTopic = (typeof LIVE_TOPICS)[number];
