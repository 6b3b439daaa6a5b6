import { identity } from "../contract/index.ts";
import { mayAdminister, type PublicAccountRow, toAccount } from "./account.ts";
import { recordAudit } from "./audit.ts";
import { handle } from "./definition.ts";

export const revokeRole = handle(identity.revokeRole, async ({ accountId, role }, context) => {
  const { sql, actor, fail } = context;
  if (!mayAdminister(actor)) return fail("OPERATORS_ONLY");
  if (role === "operator" && actor.kind === "account" && actor.id === accountId) return fail("OWN_ROLE");
  const [account] = await sql<PublicAccountRow>`
    select id, email, roles, created_at from identity.accounts where id = ${accountId} for update`;
  if (account === undefined) return fail("ACCOUNT_NOT_FOUND");
  if (!account.roles.includes(role)) return toAccount(account);
  const roles = account.roles.filter((held) => held !== role);
  await sql`update identity.accounts set roles = ${roles} where id = ${accountId}`;
  await recordAudit(context, "role.revoked", `account:${accountId}`);
  return toAccount({ ...account, roles });
});
