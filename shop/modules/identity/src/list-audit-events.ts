import { identity } from "../contract/index.ts";
import { mayAdminister } from "./account.ts";
import { decodeAuditCursor, encodeAuditCursor } from "./audit-cursor.ts";
import { handle } from "./definition.ts";

export const listAuditEvents = handle(
  identity.listAuditEvents,
  async ({ cursor, limit }, { db, actor, fail }) => {
    if (!mayAdminister(actor)) return fail("OPERATORS_ONLY");
    let query = db
      .selectFrom("audit_events")
      .select(["id", "at", "actor", "action", "subject"])
      .orderBy("id", "desc")
      // One more than asked for tells whether there is another page.
      .limit(limit + 1);
    if (cursor !== undefined) {
      const after = decodeAuditCursor(cursor);
      if (after === null) return fail("CURSOR_INVALID");
      query = query.where("id", "<", after);
    }
    const rows = await query.execute();
    const items = rows.slice(0, limit).map((row) => ({ ...row, at: row.at.toISOString() }));
    return { items, nextCursor: rows.length > limit ? encodeAuditCursor(items.at(-1)!.id) : null };
  },
);
