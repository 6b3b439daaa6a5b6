import { identity } from "../contract/index.ts";
import { handle } from "./definition.ts";
import { staleSince } from "./session-life.ts";

export const touchSession = handle(identity.touchSession, async ({ session }, { sql, now }) => {
  // Of the many requests that find a session stale at once, the first one writes and the rest find it noted.
  await sql`
    update identity.sessions set last_used_at = ${now()}
     where id = ${session} and last_used_at < ${staleSince(now())}`;
  return {};
});
