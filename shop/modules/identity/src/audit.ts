import { type Actor, actorKey, type Sql } from "ashlar/module";

export type AuditAction =
  | "account.registered"
  | "session.opened"
  | "session.refused"
  | "session.closed"
  | "password.changed"
  | "password.refused"
  | "api_key.created"
  | "api_key.revoked"
  | "role.granted"
  | "role.revoked";

interface Audited {
  readonly sql: Sql;
  readonly actor: Actor;
  readonly now: () => Date;
  readonly newId: () => string;
}

/**
 * Notes who did what to whom, in the transaction of the deed: both are kept or neither. Rows are never changed
 * or deleted.
 */
export async function recordAudit(
  { sql, actor, now, newId }: Audited,
  action: AuditAction,
  subject: string,
  by: string = actorKey(actor),
): Promise<void> {
  await sql`
    insert into identity.audit_events (id, at, actor, action, subject)
    values (${newId()}, ${now()}, ${by}, ${action}, ${subject})`;
}
