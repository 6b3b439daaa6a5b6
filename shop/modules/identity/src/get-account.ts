import { identity } from "../contract/index.ts";
import { type PublicAccountRow, signedInAccount, toAccount } from "./account.ts";
import { handle } from "./definition.ts";

export const getAccount = handle(identity.getAccount, async (_, { sql, actor, fail }) => {
  const [account] = await sql<PublicAccountRow>`
    select id, email, roles, created_at from identity.accounts where id = ${signedInAccount(actor)}`;
  return account === undefined ? fail("SIGN_IN_REQUIRED") : toAccount(account);
});
