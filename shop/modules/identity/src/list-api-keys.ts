import { identity } from "../contract/index.ts";
import { signedInAccount } from "./account.ts";
import { toApiKey } from "./api-key.ts";
import { handle } from "./definition.ts";

export const listApiKeys = handle(identity.listApiKeys, async (_, { db, actor, fail }) => {
  const accountId = signedInAccount(actor);
  if (accountId === null) return fail("SIGN_IN_REQUIRED");
  const rows = await db
    .selectFrom("api_keys")
    .select(["id", "name", "prefix", "scopes", "created_at", "expires_at"])
    .where("account_id", "=", accountId)
    .orderBy("id")
    .execute();
  return { items: rows.map(toApiKey) };
});
