import { identity } from "../contract/index.ts";
import { mayAdminister, type PublicAccountRow, toAccount } from "./account.ts";
import { recordAudit } from "./audit.ts";
import { handle } from "./definition.ts";

export const grantRole = handle(identity.grantRole, async ({ accountId, role }, context) => {
  const { sql, actor, fail } = context;
  if (!mayAdminister(actor)) return fail("OPERATORS_ONLY");
  const [account] = await sql<PublicAccountRow>`
    select id, email, roles, created_at from identity.accounts where id = ${accountId} for update`;
  if (account === undefined) return fail("ACCOUNT_NOT_FOUND");
  if (account.roles.includes(role)) return toAccount(account);
  const roles = [...account.roles, role];
  await sql`update identity.accounts set roles = ${roles} where id = ${accountId}`;
  await recordAudit(context, "role.granted", `account:${accountId}`);
  return toAccount({ ...account, roles });
});
