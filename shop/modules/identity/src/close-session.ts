import { identity } from "../contract/index.ts";
import { recordAudit } from "./audit.ts";
import { handle } from "./definition.ts";

export const closeSession = handle(identity.closeSession, async (_, context) => {
  const { sql, actor } = context;
  if (actor.kind !== "account" || actor.session === null) return {};
  const [closed] = await sql`
    delete from identity.sessions where id = ${actor.session} and account_id = ${actor.id} returning id`;
  if (closed !== undefined) await recordAudit(context, "session.closed", `account:${actor.id}`);
  return {};
});
